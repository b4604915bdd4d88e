// For tests: stands where a streamed answer does and says the server's events by hand.

const AT = "2026-11-22T10:00:00Z";

type Asked = { path: string; lastId: string | undefined; bearer: string | undefined };

/** One streamed answer, whose events a test says. */
export class ScriptedStream {
  static opened: ScriptedStream[] = [];
  /** Statuses with which the next streams are refused. */
  static refusals: number[] = [];
  static isServerReady = true;
  readonly asked: Asked;
  isLeft = false;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  readonly answer: Response;

  constructor(asked: Asked, signal: AbortSignal | null | undefined) {
    this.asked = asked;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
    });
    this.answer = new Response(body, { headers: { "content-type": "text/event-stream" } });
    signal?.addEventListener("abort", () => {
      this.isLeft = true;
      this.#controller.error(new DOMException("left", "AbortError"));
    });
    ScriptedStream.opened.push(this);
  }

  static get last(): ScriptedStream {
    const stream = ScriptedStream.opened.at(-1);
    if (stream === undefined) throw new Error("no stream was opened");
    return stream;
  }

  static fetch = async (input: string, init?: RequestInit): Promise<Response> => {
    if (input === "/api/ready") return new Response("{}", { status: ScriptedStream.isServerReady ? 200 : 503 });
    const headers = new Headers(init?.headers);
    const [lastId, bearer] = ["last-event-id", "authorization"].map((name) => headers.get(name) ?? undefined);
    const refusal = ScriptedStream.refusals.shift();
    if (refusal !== undefined) return new Response("{}", { status: refusal });
    return new ScriptedStream({ path: input, lastId, bearer }, init?.signal).answer;
  };

  raw(text: string | Uint8Array): void {
    this.#controller.enqueue(typeof text === "string" ? new TextEncoder().encode(text) : text);
  }

  say(type: string, data?: object, envelope: object = {}, id?: string): void {
    const frame = { type, id: "f", at: AT, ...envelope, ...(data ? { data } : {}) };
    this.raw(`${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(frame)}\n\n`);
  }

  welcome(session = "live-1", id = "user:u1=3"): void {
    const limits = { message_max_characters: 100_000, frame_max_bytes: 524_288 };
    this.say("welcome", { session, user: "u1", heartbeat_s: 20, limits, positions: [], running: [] }, {}, id);
  }

  end(): void {
    this.#controller.close();
  }
}

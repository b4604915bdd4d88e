// The live connection without a WebSocket: frames by a streamed answer, commands by POST. To `LiveSocket` it is one more socket.
// It imports nothing that runs: what the page has anyway would be split off its first files for its sake.
import type { Problem } from "./problems";
import type { components } from "./rest.gen";
import type { Frame, Position } from "./types";

export type PostedCommand = components["schemas"][`Posted${"Send" | "Regenerate" | "Stop" | "Extend"}`];
type Said = PostedCommand | { cmd: "hello" } | { cmd: "pong" } | { cmd: "subscribe"; topic: string; seq: number };

export type StreamParts = {
  /** An access token that is still good. Throws when there is none to be had now. */
  bearer: () => Promise<string>;
  resume: () => Position[];
  /** Carry out a command under a live session, and return the answering frame. Throws Problem. */
  post: (session: string, command: PostedCommand) => Promise<object>;
};

/** What one stream leaves to the next: the id of the last event. */
export type Heard = { lastId: string };

const [CONNECTING, OPEN, CLOSED] = [0, 1, 3]; // as WebSocket numbers them
const READY_LIMIT_MS = 5_000;
const TOGETHER_MS = 50; // topics that are asked for within this time come by one answer
const NAMED = 100; // positions in one header: together below the 8 KiB that proxies take
const SESSION_GONE = ["session_over", "unknown_session"];
/** What a refused stream means, in the codes that sockets close with. */
const CODES: Record<number, number> = { 401: 4401, 403: 4403, 429: 4429, 503: 1013 };

/** Whether every part of the server answers over HTTP: then it is not the server that lets no socket through. */
export const isServerReady = (): Promise<boolean> =>
  fetch("/api/ready", { signal: AbortSignal.timeout(READY_LIMIT_MS) }).then(
    (answer) => answer.ok,
    () => false,
  );

export class EventStream {
  readyState: number = CONNECTING;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly #parts: StreamParts;
  readonly #heard: Heard;
  #session: string | undefined;
  #reading: AbortController | undefined;
  #wanted = new Map<string, number>();
  #again: ReturnType<typeof setTimeout> | undefined;
  #posting: Promise<void> = Promise.resolve();

  constructor(session: string | undefined, parts: StreamParts, heard: Heard) {
    this.#session = session;
    this.#heard = heard;
    this.#parts = parts;
    void this.#listen();
  }

  send(text: string): void {
    const command = JSON.parse(text) as Said;
    if (command.cmd === "hello" || command.cmd === "pong") return; // a stream is opened without, and needs no answer
    if (command.cmd === "subscribe") this.#want(command.topic, command.seq);
    else this.#posting = this.#posting.then(() => this.#post(command)); // one after the other, as on a socket
  }

  close(): void {
    this.onmessage = this.onclose = null;
    this.#end(1000);
  }

  #end(code: number): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    clearTimeout(this.#again);
    this.#reading?.abort();
    this.onclose?.({ code });
  }

  /** There is nothing to ask on: another stream begins where the missing frames are, and brings a new welcome. */
  #want(topic: string, seq: number): void {
    this.#wanted.set(topic, seq);
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.#listen(), TOGETHER_MS);
  }

  /** What this page has counts, and for what it does not follow the last id, so that nothing comes twice. */
  #position(): string {
    const last = this.#heard.lastId.split(" ").filter(Boolean);
    const positions = new Map(last.map((word) => word.split("=") as [string, string | number]));
    const own = this.#parts.resume().map(({ topic, seq }) => [topic, seq] as const);
    for (const [topic, seq] of [...own, ...this.#wanted]) {
      positions.delete(topic); // to the end, where nothing is left out
      positions.set(topic, seq);
    }
    this.#wanted.clear();
    const fits = (topic: string, index: number) => topic.startsWith("user:") || index >= positions.size - NAMED;
    const named = [...positions].filter(([topic], index) => fits(topic, index));
    return named.map(([topic, seq]) => `${topic}=${seq}`).join(" ");
  }

  async #listen(): Promise<void> {
    const reading = new AbortController();
    this.#reading?.abort();
    this.#reading = reading;
    const code = await this.#read(reading.signal).catch(() => 1006);
    if (this.#reading === reading) this.#end(code);
  }

  /** Read one answer to its end; return the code that it ended with. */
  async #read(signal: AbortSignal): Promise<number> {
    const bearer = await this.#parts.bearer();
    const position = this.#position();
    const headers = { authorization: `Bearer ${bearer}`, ...(position && { "last-event-id": position }) };
    const path = this.#session === undefined ? "events" : `${this.#session}/events`;
    const answer = await fetch(`/api/sessions/${path}`, { headers, signal, cache: "no-store" });
    if (!answer.ok || answer.body === null) return CODES[answer.status] ?? 1006;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let code = 1006;
    for (let piece = await reader.read(); !piece.done && !signal.aborted; piece = await reader.read()) {
      const lines = (rest + piece.value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) code = this.#take(line) ?? code;
    }
    return code;
  }

  #take(line: string): number | undefined {
    if (line.startsWith("id: ")) this.#heard.lastId = line.slice("id: ".length);
    if (!line.startsWith("data: ")) return undefined;
    const data = line.slice("data: ".length);
    const frame = JSON.parse(data) as Frame;
    if (frame.type === "close") return frame.data.code;
    if (frame.type === "welcome") this.#open(frame.data.session);
    this.onmessage?.({ data });
    return undefined;
  }

  #open(session: string): void {
    this.#session = session;
    if (this.readyState === OPEN) return;
    this.readyState = OPEN;
    this.onopen?.();
  }

  async #post(command: PostedCommand): Promise<void> {
    if (this.readyState !== OPEN || this.#session === undefined) return; // it is kept, and sent again
    try {
      this.onmessage?.({ data: JSON.stringify(await this.#parts.post(this.#session, command)) });
    } catch (thrown) {
      this.#refuse(command.cid, thrown);
    }
  }

  #refuse(cid: string, thrown: unknown): void {
    const { status = 0, code = "", message = "" } = thrown as Partial<Problem>;
    if (status === 0 || status === 502 || status === 504)
      this.#end(1006); // nobody knows whether it arrived
    else if (status === 401) this.#end(4401);
    else if (SESSION_GONE.includes(code))
      this.#end(4403); // the next stream begins another session
    else this.onmessage?.({ data: JSON.stringify({ type: "error", data: { code, message, cid } }) });
  }
}

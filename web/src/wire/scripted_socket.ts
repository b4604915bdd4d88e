// For tests: stands where the browser's WebSocket does and plays the server's side by hand.

export class ScriptedSocket {
  static readonly OPEN = 1;
  static opened: ScriptedSocket[] = [];

  readonly url: string;
  readonly protocols: string[];
  readonly sent: Record<string, unknown>[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(url: string, protocols: string[]) {
    this.url = url;
    this.protocols = protocols;
    ScriptedSocket.opened.push(this);
  }

  static get last(): ScriptedSocket {
    const socket = ScriptedSocket.opened.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }

  /** The server accepts. */
  accept(): void {
    this.readyState = ScriptedSocket.OPEN;
    this.onopen?.();
  }

  /** The server says a frame. */
  say(type: string, data?: object, envelope: object = {}): void {
    const frame = { type, id: "f", at: "2026-11-22T10:00:00Z", ...envelope, ...(data ? { data } : {}) };
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  welcome(session = "live-1"): void {
    const limits = { message_max_characters: 100_000, frame_max_bytes: 524_288 };
    this.say("welcome", { session, user: "u1", heartbeat_s: 20, limits, positions: [], running: [] });
  }

  /** The server closes. */
  drop(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  /** Commands of one kind that arrived here. */
  heard(cmd: string): Record<string, unknown>[] {
    return this.sent.filter((command) => command.cmd === cmd);
  }
}

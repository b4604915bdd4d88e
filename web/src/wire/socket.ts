// The live connection: ticket, hello and resume, heartbeat, reconnection, drain. It knows nothing of what frames mean.
import { retryDelay } from "./backoff";
import type { StreamParts } from "./event_stream";
import { Problem } from "./problems";
import type { ConnectionView, Frame } from "./types";

const SILENCE_LIMIT_MS = 45_000; // contracts/session/protocol.py
const WELCOME_LIMIT_MS = 10_000;
const WATCH_MS = 2_500;
const OFFLINE_AFTER_TRIES = 2;
const REFUSED_OFTEN = 2;
const SOCKET_AGAIN_MS = 300_000;
const LONGEST_WAIT_MS = 3_600_000; // after that the server is asked again, whatever it said
const CLIENT = "emergence-web 0.1";

const TOO_MANY = 429;
const CLOSE = {
  signInNeeded: 4401,
  forbidden: 4403,
  inactive: 4408,
  replaced: 4409,
  notSupported: 4410,
  draining: 4503,
};

export type SocketParts = StreamParts & {
  /** A one-time ticket. Throws when there is none to be had now. */
  ticket: () => Promise<string>;
  /** Get a new access token after the server asked for it. Throws when the session has ended. */
  signInAgain: () => Promise<void>;
  onFrame: (frame: Frame) => void;
  onState: (state: ConnectionView["state"], until?: number) => void;
};

type Transport = {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
};
type Live = { socket: Transport; heard: number; isWelcome: boolean; hasOpened: boolean; isStream: boolean };

/** One connection to the server that puts itself right until it is closed. */
export class LiveSocket {
  readonly #parts: SocketParts;
  #session: string | undefined;
  #live: Live | undefined;
  #next: Live | undefined;
  #tries = 0;
  #notBefore = 0;
  #isClosed = false;
  #isDialling = false;
  #hasRenewed = false;
  #refused = 0; // sockets in a row that never opened
  #streamUntil = 0;
  readonly #heard = { lastId: "" };
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #watch = setInterval(() => this.#reconnectWhenSilent(), WATCH_MS);

  constructor(parts: SocketParts) {
    this.#parts = parts;
    addEventListener("online", this.#onOnline);
    addEventListener("offline", this.#onOffline);
    document.addEventListener("visibilitychange", this.#onVisible);
    void this.#dial();
  }

  /** Send now; false when there is no connection to send on. */
  send(command: object): boolean {
    if (this.#live?.socket.readyState !== WebSocket.OPEN) return false;
    this.#live.socket.send(JSON.stringify(command));
    return true;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    removeEventListener("online", this.#onOnline);
    removeEventListener("offline", this.#onOffline);
    document.removeEventListener("visibilitychange", this.#onVisible);
    this.#live?.socket.close(1000);
    this.#next?.socket.close(1000);
  }

  readonly #onOnline = () => this.#dialSoon(0);
  readonly #onOffline = () => this.#parts.onState("offline");
  readonly #onVisible = () => {
    if (document.visibilityState !== "visible") return;
    this.#reconnectWhenSilent();
    if (this.#live === undefined) this.#dialSoon(0);
  };

  #dialSoon(delay: number): void {
    if (this.#isClosed) return;
    clearTimeout(this.#retry);
    const soonest = this.#notBefore - Date.now();
    this.#retry = setTimeout(() => void this.#dial(), Math.max(delay, soonest));
  }

  async #dial(): Promise<void> {
    if (this.#isClosed || this.#isDialling) return;
    this.#isDialling = true;
    try {
      const isStream = await this.#mustStream();
      if (this.#live === undefined) this.#parts.onState(this.#tries < OFFLINE_AFTER_TRIES ? "connecting" : "offline");
      const connect = isStream ? await this.#stream() : await this.#socket();
      if (!this.#isClosed) this.#open(connect, isStream);
    } catch (thrown) {
      this.#isDialling = false; // no ticket: the server is away, or the session has ended and `close` follows
      if (thrown instanceof Problem && thrown.retryAfterS !== undefined) this.#wait(thrown, thrown.retryAfterS);
      this.#dialSoon(retryDelay(++this.#tries));
    }
  }

  /** The server said when it wants to be asked again: nothing that happens here makes that sooner. */
  #wait({ status }: Problem, seconds: number): void {
    const pause = Math.min(seconds * 1_000, LONGEST_WAIT_MS);
    this.#notBefore = Date.now() + pause + retryDelay(0); // tabs that were told the same do not return in step
    if (status === TOO_MANY && this.#live === undefined) this.#parts.onState("waiting", this.#notBefore);
  }

  /** When the server answers but sockets do not open, something between lets none through: then without, for a while. */
  async #mustStream(): Promise<boolean> {
    if (this.#refused >= REFUSED_OFTEN && (await (await import("./event_stream")).isServerReady())) {
      this.#tries = 0;
      this.#streamOn();
    }
    return Date.now() < this.#streamUntil;
  }

  async #stream(): Promise<() => Transport> {
    const { EventStream } = await import("./event_stream");
    return () => new EventStream(this.#session, this.#parts, this.#heard);
  }

  async #socket(): Promise<() => Transport> {
    const ticket = await this.#parts.ticket();
    const origin = location.origin.replace(/^http/, "ws");
    const path = this.#session === undefined ? "/ws" : `/ws/${this.#session}`;
    return () => new WebSocket(origin + path, ["emergence.v1", `ticket.${ticket}`]) as Transport;
  }

  #open(connect: () => Transport, isStream: boolean): void {
    const socket = connect();
    const next: Live = { socket, heard: Date.now(), isWelcome: false, hasOpened: false, isStream };
    this.#next = next;
    socket.onopen = () => {
      next.hasOpened = true;
      if (!isStream) this.#refused = 0;
      const hello = { cmd: "hello", client: CLIENT, protocols: ["emergence.v1"], resume: this.#parts.resume() };
      socket.send(JSON.stringify(hello));
    };
    socket.onmessage = ({ data }) => this.#hear(next, JSON.parse(data) as Frame);
    socket.onclose = ({ code }) => this.#onClose(next, code);
  }

  #hear(from: Live, frame: Frame): void {
    from.heard = Date.now();
    if (frame.type === "ping") from.socket.send('{"cmd":"pong"}');
    if (frame.type === "drain") this.#dialSoon(Math.random() * frame.data.reconnect_in_ms);
    if (frame.type === "welcome") this.#take(from, frame.data.session);
    this.#parts.onFrame(frame);
    if (frame.type === "welcome") this.#parts.onState("online");
  }

  /** The new connection stands: only now is the old one let go, so that a drain leaves no gap. */
  #take(next: Live, session: string): void {
    const old = this.#live;
    this.#session = session;
    if (old === next) return; // a stream that began again
    this.#live = next;
    this.#next = undefined;
    next.isWelcome = true;
    this.#isDialling = false;
    this.#hasRenewed = false;
    this.#tries = 0;
    if (old) old.socket.close(1000);
  }

  #onClose(which: Live, code: number): void {
    const wasNext = this.#next === which;
    const wasLive = this.#live === which;
    if (wasNext) {
      this.#next = undefined;
      this.#isDialling = false;
    }
    if (wasLive) this.#live = undefined;
    if (this.#isClosed || (!wasNext && !wasLive)) return;
    if (code === 1006 && !which.hasOpened && !which.isStream) this.#refused++;
    if (wasNext && this.#refused > 0 && this.#live?.isStream) this.#streamOn();
    else if (code === CLOSE.signInNeeded) void this.#renew();
    else if (code === CLOSE.notSupported) this.#stop();
    else this.#comeBack(code, wasLive);
  }

  #comeBack(code: number, wasLive: boolean): void {
    if (code === CLOSE.forbidden || code === CLOSE.replaced || code === CLOSE.inactive) this.#session = undefined;
    if (wasLive) this.#parts.onState("connecting");
    const isPlanned = code === CLOSE.draining && wasLive;
    this.#dialSoon(isPlanned ? 0 : retryDelay(this.#tries++));
  }

  async #renew(): Promise<void> {
    try {
      if (this.#hasRenewed) throw new Error("refused again with a new token");
      this.#hasRenewed = true;
      await this.#parts.signInAgain();
      this.#dialSoon(0);
    } catch {
      this.#dialSoon(retryDelay(++this.#tries)); // closed from outside when the session has ended
    }
  }

  #streamOn(): void {
    this.#refused = 0;
    this.#streamUntil = Date.now() + SOCKET_AGAIN_MS;
  }

  /** The server speaks another protocol: this page is too old, and only a reload helps. */
  #stop(): void {
    this.close();
    this.#parts.onState("offline");
  }

  /** Proxies can hold a dead socket open: after this much silence it is replaced, whatever its state says. */
  #reconnectWhenSilent(): void {
    if (this.#live?.isStream && Date.now() >= this.#streamUntil) this.#dialSoon(0);
    for (const which of [this.#live, this.#next]) {
      const limit = which?.isWelcome ? SILENCE_LIMIT_MS : WELCOME_LIMIT_MS;
      if (which === undefined || Date.now() - which.heard < limit) continue;
      which.socket.onclose = null;
      which.socket.close();
      this.#onClose(which, 1006);
    }
  }
}

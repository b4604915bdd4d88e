// The connection under every way to lose it.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { retryDelay } from "./backoff";
import { Problem } from "./problems";
import { ScriptedSocket } from "./scripted_socket";
import { LiveSocket, type SocketParts } from "./socket";

let tickets = 0;
let states: string[];
let waits: (number | undefined)[];
let parts: SocketParts & { frames: unknown[] };
let socket: LiveSocket;

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", ScriptedSocket);
  ScriptedSocket.opened = [];
  tickets = 0;
  states = [];
  waits = [];
  const frames: unknown[] = [];
  parts = {
    frames,
    ticket: async () => `t${++tickets}`,
    bearer: async () => "bearer",
    post: async () => ({}),
    signInAgain: vi.fn(async () => undefined),
    resume: () => [{ topic: "run:r1", seq: 4 }],
    onFrame: (frame) => frames.push(frame),
    onState: (state, until) => {
      states.push(state);
      waits.push(until);
    },
  };
  socket = new LiveSocket(parts);
  await settle();
});
afterEach(() => {
  socket.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function goOnline(): Promise<ScriptedSocket> {
  ScriptedSocket.last.accept();
  ScriptedSocket.last.welcome();
  await settle();
  return ScriptedSocket.last;
}

test("a ticket travels as a subprotocol and hello says where to resume", async () => {
  const first = await goOnline();

  expect(first.url).toMatch(/^ws:\/\/.*\/ws$/);
  expect(first.protocols).toEqual(["emergence.v1", "ticket.t1"]);
  expect(first.sent[0]).toMatchObject({ cmd: "hello", resume: [{ topic: "run:r1", seq: 4 }] });
  expect(states.at(-1)).toBe("online");
});

test("a ping is answered", async () => {
  const first = await goOnline();

  first.say("ping");

  expect(first.heard("pong")).toHaveLength(1);
});

test("a lost connection comes back to the same live session with a new ticket", async () => {
  const first = await goOnline();

  first.drop(1006);
  await vi.advanceTimersByTimeAsync(1_000);

  expect(ScriptedSocket.opened).toHaveLength(2);
  expect(ScriptedSocket.last.url).toMatch(/\/ws\/live-1$/);
  expect(ScriptedSocket.last.protocols[1]).toBe("ticket.t2");
});

test("45 seconds of silence replace the connection whatever its state says", async () => {
  const first = await goOnline();

  await vi.advanceTimersByTimeAsync(44_000);
  expect(ScriptedSocket.opened).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5_000);

  expect(first.readyState).toBe(3);
  expect(ScriptedSocket.opened).toHaveLength(2);
});

test("a refused sign-in is renewed once and then tried again", async () => {
  const first = await goOnline();

  first.drop(4401);
  await settle();
  await settle();

  expect(parts.signInAgain).toHaveBeenCalledTimes(1);
  expect(ScriptedSocket.opened).toHaveLength(2);
});

test("draining opens the next connection before the old one is let go", async () => {
  const first = await goOnline();

  first.say("drain", { reconnect_in_ms: 100 });
  await vi.advanceTimersByTimeAsync(100);
  expect(ScriptedSocket.opened).toHaveLength(2);
  expect(first.readyState).toBe(1);
  await goOnline();

  expect(first.readyState).toBe(3);
  expect(states.filter((state) => state !== "online")).toEqual(["connecting"]);
});

test("a protocol that the server no longer speaks is not tried again", async () => {
  const first = await goOnline();

  first.drop(4410);
  await vi.advanceTimersByTimeAsync(60_000);

  expect(ScriptedSocket.opened).toHaveLength(1);
  expect(states.at(-1)).toBe("offline");
});

test("a live session that belongs to somebody else is left for a new one", async () => {
  const first = await goOnline();

  first.drop(4403);
  await vi.advanceTimersByTimeAsync(1_000);

  expect(ScriptedSocket.last.url).toMatch(/\/ws$/);
});

test("tries that fail one after another are spread out and reported as offline", async () => {
  parts.ticket = async () => Promise.reject(new Error("away"));
  (await goOnline()).drop(1006);

  await vi.advanceTimersByTimeAsync(20_000);

  expect(states).toContain("offline");
  expect([0, 1, 2, 20].map((tries) => retryDelay(tries, () => 1))).toEqual([500, 1_000, 2_000, 15_000]);
});

const refusal = (status: number, retryAfterS?: number) =>
  new Problem("too_many_attempts", "", status, {}, undefined, retryAfterS);

test("a ticket that is refused for now is asked for when the server said, and not before", async () => {
  const first = await goOnline();
  let asked = 0;
  parts.ticket = async () => (++asked === 1 ? Promise.reject(refusal(429, 30)) : "late");
  first.drop(1006);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toBe(1);
  expect(states.at(-1)).toBe("waiting");
  expect(waits.at(-1)).toBeGreaterThanOrEqual(Date.now() + 29_000);

  for (const event of ["online", "visibilitychange"]) {
    (event === "online" ? window : document).dispatchEvent(new Event(event));
    await vi.advanceTimersByTimeAsync(1_000);
  }
  await vi.advanceTimersByTimeAsync(26_000);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(3_500);

  expect(ScriptedSocket.last.protocols[1]).toBe("ticket.late");
  await goOnline();
  expect(states.at(-1)).toBe("online");
  expect(waits.at(-1)).toBeUndefined();
});

test("a server that is away for a while is waited for as long as it says, without blaming anybody", async () => {
  const first = await goOnline();
  let asked = 0;
  parts.ticket = async () => (++asked === 1 ? Promise.reject(refusal(503, 20)) : "late");

  first.drop(1006);
  await vi.advanceTimersByTimeAsync(18_000);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(4_000);

  expect(asked).toBe(2);
  expect(states).not.toContain("waiting");
});

test("no wait is longer than an hour", async () => {
  const first = await goOnline();
  let asked = 0;
  parts.ticket = async () => (++asked === 1 ? Promise.reject(refusal(429, 1e9)) : "late");

  first.drop(1006);
  await vi.advanceTimersByTimeAsync(3_602_000);

  expect(asked).toBe(2);
});

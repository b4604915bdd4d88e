// Without WebSockets: when the page gives them up, how it goes on by a streamed answer, and when it tries them again.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem, unreachable } from "./problems";
import { ScriptedSocket } from "./scripted_socket";
import { ScriptedStream } from "./scripted_stream";
import { LiveSocket, type SocketParts } from "./socket";
import type { Frame } from "./types";

const FIVE_MINUTES = 300_000;
let posted: { session: string; cid: string }[];
let answers: (object | Problem)[];
let states: string[];
let frames: Frame[];
let positions: { topic: string; seq: number }[];
let parts: SocketParts;
let socket: LiveSocket;

async function post(session: string, { cid }: { cid: string }): Promise<object> {
  posted.push({ session, cid });
  const answer = answers.shift() ?? unreachable();
  if (answer instanceof Problem) throw answer;
  return answer;
}

const settle = () => vi.advanceTimersByTimeAsync(20);

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  vi.stubGlobal("WebSocket", ScriptedSocket);
  vi.stubGlobal("fetch", ScriptedStream.fetch);
  vi.spyOn(Math, "random").mockReturnValue(0.01);
  ScriptedSocket.opened = [];
  ScriptedStream.opened = [];
  ScriptedStream.refusals = [];
  ScriptedStream.isServerReady = true;
  posted = [];
  answers = [];
  states = [];
  frames = [];
  positions = [];
  parts = {
    ticket: async () => "t",
    bearer: async () => "bearer",
    post,
    signInAgain: vi.fn(async () => undefined),
    resume: () => positions,
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
  };
  await import("./event_stream");
  socket = new LiveSocket(parts);
  await settle();
});
afterEach(() => {
  socket.close();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A proxy refuses the handshake: the socket closes without ever having opened. */
async function refuse(times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    ScriptedSocket.last.drop(1006);
    await vi.advanceTimersByTimeAsync(100);
  }
}

async function stream(): Promise<ScriptedStream> {
  await refuse(2);
  ScriptedStream.last.welcome();
  await settle();
  return ScriptedStream.last;
}

test("two handshakes that fail in a row, while the server answers, lead to a stream", async () => {
  await refuse(1);
  expect(ScriptedStream.opened).toHaveLength(0);
  const first = await stream();

  expect(first.asked).toEqual({ path: "/api/sessions/events", lastId: undefined, bearer: "Bearer bearer" });
  expect(ScriptedSocket.opened.length).toBeGreaterThan(1);
  expect(states.at(-1)).toBe("online");
  expect(frames.map((frame) => frame.type)).toEqual(["welcome"]);
});

test("a server that is not ready, or a socket that had opened, leads to no stream", async () => {
  ScriptedStream.isServerReady = false;
  await refuse(3);
  ScriptedSocket.last.accept();
  ScriptedSocket.last.welcome();
  ScriptedStream.isServerReady = true;
  await refuse(1);
  ScriptedSocket.last.drop(1013);
  await vi.advanceTimersByTimeAsync(100);

  expect(ScriptedStream.opened).toHaveLength(0);
});

test("events are read however they are cut into pieces", async () => {
  const first = await stream();
  const frame = JSON.stringify({ type: "message.delta", data: { text: "né 😀" } });
  for (const byte of new TextEncoder().encode(`id: user:u1=4\ndata: ${frame}\n\n: a comment\n\n`))
    first.raw(new Uint8Array([byte]));
  await settle();

  expect(frames.at(-1)).toEqual(JSON.parse(frame));
});

test("a stream that is cut goes on with its session after the last id and what the page has", async () => {
  const first = await stream();
  first.say("ping");
  first.say("thread.updated", {}, { topic: "user:u1", seq: 4 }, "thread:a=9 user:u1=4 run:r=7");
  await settle();
  positions = Array.from({ length: 300 }, (_, index) => ({ topic: `thread:${index}`, seq: index }));
  positions.push({ topic: "run:r", seq: 5 });
  first.end();
  await vi.advanceTimersByTimeAsync(100);

  expect(ScriptedStream.opened).toHaveLength(2);
  expect(ScriptedStream.last.asked.path).toBe("/api/sessions/live-1/events");
  expect(ScriptedStream.last.asked.lastId).toMatch(/^user:u1=4 thread:201=201 .* thread:299=299 run:r=5$/);
  expect(states.at(-1)).toBe("connecting");
});

test("what is asked for comes by a stream that begins there, without the page being offline", async () => {
  const first = await stream();
  first.say("message.delta", {}, { topic: "run:r", seq: 7 }, "user:u1=3 run:r=7");
  await settle();
  socket.send({ cmd: "subscribe", cid: "1", topic: "run:r", seq: 0 });
  socket.send({ cmd: "subscribe", cid: "2", topic: "thread:a", seq: 2 });
  await vi.advanceTimersByTimeAsync(100);
  ScriptedStream.last.welcome();
  await settle();

  expect(ScriptedStream.opened).toHaveLength(2);
  expect(first.isLeft).toBe(true);
  expect(ScriptedStream.last.asked.lastId).toBe("user:u1=3 run:r=0 thread:a=2");
  expect(states).not.toContain("offline");
  expect(socket.send({ cmd: "pong" })).toBe(true);
  expect(ScriptedStream.last.isLeft).toBe(false);
});

test("commands are posted one after the other, and their answers are frames", async () => {
  await stream();
  const ack = { type: "ack", id: "f", at: "2026-11-22T10:00:00Z", data: { cid: "1", repeated: false } };
  answers = [ack, new Problem("unknown_agent", "There is none.", 404)];

  socket.send({ cmd: "message.send", cid: "1", agent: "neo", text: "Hello" });
  socket.send({ cmd: "message.send", cid: "2", agent: "nobody", text: "Hello" });
  await settle();
  await settle();

  expect(posted).toEqual(["1", "2"].map((cid) => ({ session: "live-1", cid })));
  expect(frames.slice(-2)).toEqual([
    ack,
    { type: "error", data: { code: "unknown_agent", message: "There is none.", cid: "2" } },
  ]);
});

test("a command whose answer was lost brings another stream, after which it is sent again", async () => {
  await stream();
  socket.send({ cmd: "run.stop", cid: "1", run: "r" });
  await vi.advanceTimersByTimeAsync(200);

  expect(posted).toHaveLength(1);
  expect(frames.some((frame) => frame.type === "error")).toBe(false);
  expect(ScriptedStream.opened).toHaveLength(2);
});

test("a session that is over is left for a new one", async () => {
  await stream();
  answers = [new Problem("session_over", "Over.", 409)];
  socket.send({ cmd: "run.stop", cid: "1", run: "r" });
  await vi.advanceTimersByTimeAsync(200);

  expect(ScriptedStream.last.asked.path).toBe("/api/sessions/events");
});

test("the end of a token, told by the last event or by a refusal, brings a new one", async () => {
  const first = await stream();
  first.say("close", { code: 4401 });
  first.end();
  await vi.advanceTimersByTimeAsync(100);
  expect(parts.signInAgain).toHaveBeenCalledTimes(1);
  expect(ScriptedStream.opened).toHaveLength(2);
  expect(frames.map((frame) => frame.type)).toEqual(["welcome"]);

  ScriptedStream.last.welcome();
  await settle();
  ScriptedStream.refusals = [401];
  ScriptedStream.last.end();
  await vi.advanceTimersByTimeAsync(200);
  expect(parts.signInAgain).toHaveBeenCalledTimes(2);
});

test("a drain opens the next stream before the old one is let go", async () => {
  const first = await stream();
  first.say("drain", { reconnect_in_ms: 100 });
  await vi.advanceTimersByTimeAsync(50);
  expect(ScriptedStream.opened).toHaveLength(2);
  expect(first.isLeft).toBe(false);
  ScriptedStream.last.welcome();
  await settle();

  expect(first.isLeft).toBe(true);
  expect(ScriptedStream.last.isLeft).toBe(false);
});

/** Let time go by, while the server says now and then that it is there, until a socket is tried; return for how long. */
async function untilSocket(by: ScriptedStream): Promise<number> {
  const before = ScriptedSocket.opened.length;
  let passed = 0;
  for (; ScriptedSocket.opened.length === before && passed < 2 * FIVE_MINUTES; passed += 1_000) {
    if (passed % 20_000 === 0) by.say("ping");
    await vi.advanceTimersByTimeAsync(1_000);
  }
  return passed;
}

test("after five minutes a socket is tried beside the stream, and takes over when it opens", async () => {
  const first = await stream();
  for (const waited of [await untilSocket(first), await refusedAgain(first)]) {
    expect(waited).toBeGreaterThanOrEqual(FIVE_MINUTES - 1_000);
    expect(waited).toBeLessThan(FIVE_MINUTES + 5_000);
  }
  ScriptedSocket.last.accept();
  ScriptedSocket.last.welcome("live-2");
  await settle();

  expect(first.isLeft).toBe(true);
  expect(ScriptedStream.opened).toHaveLength(1);
  expect(states).not.toContain("offline");
  expect(states.at(-1)).toBe("online");
});

async function refusedAgain(first: ScriptedStream): Promise<number> {
  ScriptedSocket.last.drop(1006);
  await settle();
  expect(first.isLeft).toBe(false);
  return untilSocket(first);
}

test("silence for 45 seconds brings another stream", async () => {
  const first = await stream();
  await vi.advanceTimersByTimeAsync(48_000);

  expect(first.isLeft).toBe(true);
  expect(ScriptedStream.opened.length).toBeGreaterThan(1);
});

// What the golden transcripts do not show: threads that are not open, pages, and lost endings.
import { expect, test } from "vitest";
import { madeThread } from "../made_threads";
import type { Frame, Message, Run } from "../types";
import { loadPage, openThread } from "./merge";
import { askForLostEnd, reduce } from "./reduce";
import { EMPTY_THREAD, type LiveState, NOTHING, resumePoints, shownBranch, textOf, unendedRunsAfter } from "./state";

const THREAD = "t1";
const run = {
  id: "r1",
  thread: THREAD,
  message: "m2",
  agent: "neo",
  state: "running",
  outcome: null,
  finish_reason: null,
  provider: null,
  model: null,
  demonstration: false,
  usage: null,
  problem: null,
  recalled: [],
  known: [],
} satisfies Run;
const message = (
  id: string,
  text: string,
  status: Message["status"] = "complete",
  parent: string | null = null,
): Message => ({
  id,
  thread: THREAD,
  role: "agent",
  agent: "neo",
  status,
  parts: [{ kind: "text", text }],
  created_at: "2026-11-22T10:00:00Z",
  reply_to: null,
  parent,
  siblings: [],
  superseded: false,
  run: null,
});
const envelope = { id: "f", at: "2026-11-22T10:00:00Z" };
const delta = (seq: number, offset: number, text: string): Frame => ({
  ...envelope,
  type: "message.delta",
  topic: "run:r1",
  seq,
  data: { message: "m2", part: 0, offset, text },
});
const ended: Frame = {
  ...envelope,
  type: "run.ended",
  topic: "run:r1",
  seq: 9,
  data: { run: "r1", reason: "done" },
};
const started: Frame = { ...envelope, type: "run.started", topic: "run:r1", seq: 1, data: { run } };
const opened = loadPage(
  NOTHING,
  THREAD,
  { messages: [message("m1", "Hello"), message("m2", "ab", "streaming", "m1")], seq: 4 },
  "newest",
  0,
);
const shown = (live: LiveState) => shownBranch(live.loaded[THREAD] ?? EMPTY_THREAD).map(({ id }) => id);
const created = (seq: number, ...of: Parameters<typeof message>): Frame => ({
  ...envelope,
  type: "message.created",
  topic: "thread:t1",
  seq,
  data: { message: message(...of) },
});
const selected = (seq: number, leaf: string): Frame => ({
  ...envelope,
  type: "branch.selected",
  topic: "thread:t1",
  seq,
  data: { leaf },
});

test("text of a conversation that is not open is not kept and nothing is asked for", () => {
  const live = [started, delta(5, 30, "late"), ended].reduce((state, frame) => reduce(state, frame, 0), NOTHING);

  expect(live.loaded).toEqual({});
  expect(live.gaps).toEqual({});
  expect(live.runs.r1?.state).toBe("ended");
});

test("a finished message is never touched by late text", () => {
  const finished = loadPage(NOTHING, THREAD, { messages: [message("m2", "ab")], seq: 4 }, "newest", 0);

  const live = reduce(finished, delta(3, 2, "cd"), 0);

  expect(textOf(live.loaded[THREAD]?.messages.m2 as Message)).toBe("ab");
});

test("an older page goes in front and does not move the position of the thread", () => {
  const page = { messages: [message("m1", "Hello", "complete", "m0"), message("m2", "ab", "streaming", "m1")], seq: 4 };
  const newest = loadPage(NOTHING, THREAD, page, "newest", 0);

  const live = loadPage(newest, THREAD, { messages: [message("m0", "Earlier")], seq: 2 }, "older", 0);

  expect(shown(live)).toEqual(["m0", "m1", "m2"]);
  expect(live.positions["thread:t1"]).toBe(4);
});

test("a page that was read before live text arrived does not take the text back", () => {
  const ahead = reduce(opened, delta(7, 2, "cd"), 0);

  const live = loadPage(ahead, THREAD, { messages: [message("m2", "ab", "streaming")], seq: 4 }, "newest", 0);

  expect(textOf(live.loaded[THREAD]?.messages.m2 as Message)).toBe("abcd");
});

test("a message that appears while the first page is on its way stays", () => {
  const early = reduce(openThread(NOTHING, THREAD), created(5, "m3", "New", "complete", "m1"), 0);
  const live = loadPage(early, THREAD, { messages: [message("m1", "Hello")], seq: 4 }, "newest", 0);

  expect(shown(live)).toEqual(["m1", "m3"]);
});

test("an edited message and its answer take the place of what was said there, which can be shown again", () => {
  const edited = [created(5, "q", "Hi"), created(6, "a", "", "queued", "q")].reduce(
    (state, frame) => reduce(state, frame, 0),
    opened,
  );
  expect(shown(edited)).toEqual(["q", "a"]);

  expect(shown(reduce(edited, selected(7, "m2"), 0))).toEqual(["m1", "m2"]);
  expect(shown(reduce(edited, selected(4, "m2"), 0))).toEqual(["q", "a"]); // said before, heard again
  expect(shown(reduce(edited, selected(7, "unknown"), 0))).toEqual(["q", "a"]); // until it has been read
});

test("a message learns what was put beside it", () => {
  const beside = {
    ...created(5, "q", "Hi"),
    data: { message: { ...message("q", "Hi"), siblings: ["m1", "q"] } },
  } as Frame;

  expect(reduce(opened, beside, 0).loaded[THREAD]?.messages.m1?.siblings).toEqual(["m1", "q"]);
});

test("a page that was read before a branch was chosen does not take that back", () => {
  const chosen = [created(5, "q", "Hi"), selected(6, "m2")].reduce((state, frame) => reduce(state, frame, 0), opened);

  const live = loadPage(chosen, THREAD, { messages: [message("q", "Hi")], seq: 5 }, "newest", 0);

  expect(shown(live)).toEqual(["m1", "m2"]);
});

test("what is written after a message is known, for whoever edits that message", () => {
  const running = reduce(opened, started, 0);

  expect(unendedRunsAfter(running, "m1").map(({ id }) => id)).toEqual(["r1"]);
  expect(unendedRunsAfter(reduce(running, ended, 0), "m1")).toEqual([]);
});

test("frames of a server without branches follow each other", () => {
  const { parent: _, siblings: __, ...old } = message("m3", "Old");
  const frame = { ...created(5, "m3", "Old"), data: { message: old } } as unknown as Frame;

  expect(shown(reduce(opened, frame, 0))).toEqual(["m1", "m2", "m3"]);
});

test("a run that ended without its message being finished is asked for once", () => {
  const over = [started, ended].reduce((state, frame) => reduce(state, frame, 0), opened);

  expect(askForLostEnd(over, "r1").gaps["thread:t1"]).toBe(4);
  expect(askForLostEnd(opened, "r1")).toBe(opened);
});

test("ended runs are not resumed", () => {
  const running = [started, delta(2, 2, "cd")].reduce((state, frame) => reduce(state, frame, 0), opened);
  const over = reduce(running, { ...ended, seq: 3 }, 0);

  expect(resumePoints(running).map((point) => point.topic)).toContain("run:r1");
  expect(resumePoints(over).map((point) => point.topic)).not.toContain("run:r1");
});

test("frames of unknown types change nothing", () => {
  const unknown = { ...envelope, type: "agent.smiled", topic: "mood:1", seq: 1, data: {} } as unknown as Frame;

  expect(reduce(opened, unknown, 0).loaded).toEqual(opened.loaded);
});

const user = { ...envelope, topic: "user:u1" };
const updated = (seq: number, title: string): Frame => ({
  ...user,
  type: "thread.updated",
  seq,
  data: { thread: madeThread(THREAD, { title }) },
});
const deleted = (seq: number, restorable_until: string | null): Frame => ({
  ...user,
  type: "thread.deleted",
  seq,
  data: { thread: THREAD, restorable_until },
});

test("a deleted thread takes its messages and its topic with it, and is back when it is told of again", () => {
  const gone = [updated(1, "Named"), deleted(2, "2026-11-29T10:00:00Z")].reduce(
    (state, frame) => reduce(state, frame, 0),
    opened,
  );

  expect(gone.deleted).toEqual({ [THREAD]: "2026-11-29T10:00:00Z" });
  expect([gone.threads[THREAD], gone.loaded[THREAD]]).toEqual([undefined, undefined]);
  expect(resumePoints(gone)).toEqual([{ topic: "user:u1", seq: 2 }]);

  const back = reduce(gone, updated(3, "Named"), 0);
  expect(back.deleted).toEqual({});
  expect(back.threads[THREAD]?.title).toBe("Named");
});

test("a change that does not count as activity is the newer one", () => {
  const renamed = [updated(1, "Before"), updated(2, "After")].reduce(
    (state, frame) => reduce(state, frame, 0),
    NOTHING,
  );

  expect(renamed.threads[THREAD]?.title).toBe("After");
  expect(reduce(renamed, updated(1, "Before"), 0)).toBe(renamed);
});

test("folders are told whole", () => {
  const folders = [{ id: "f", name: "Letters", created_at: "2026-11-22T10:00:00Z" }];

  expect(reduce(NOTHING, { ...user, type: "folders.updated", seq: 1, data: { folders } }, 0).folders).toBe(folders);
});

test("when the frames that were missed are gone, nothing that was heard before stands against the lists", () => {
  const heard = [updated(1, "Old"), deleted(2, null), updated(3, "Old")].reduce(
    (state, frame) => reduce(state, frame, 0),
    opened,
  );

  const reset = reduce(heard, { ...envelope, type: "topic.reset", topic: "user:u1", data: { seq: 90 } } as Frame, 0);

  expect([reset.threads, reset.deleted, reset.folders]).toEqual([{}, {}, undefined]);
  expect(reset.positions["user:u1"]).toBe(90);
});

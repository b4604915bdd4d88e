// Messages that wait for their answer: which ones they are, and what is left when one is taken back.
import { expect, test } from "vitest";
import type { Message, Run } from "../types";
import { loadPage, openThread } from "./merge";
import { reduce } from "./reduce";
import { EMPTY_THREAD, type LiveState, NOTHING, shownBranch, waitsItsTurn } from "./state";

const THREAD = "t1";
const envelope = { id: "f", at: "2026-11-22T10:00:00Z" };
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
  recalled: [],
  known: [],
  problem: null,
} satisfies Run;
const message = (id: string, text: string, status: Message["status"], parent: string | null): Message => ({
  id,
  thread: THREAD,
  role: "agent",
  agent: "neo",
  status,
  parts: text ? [{ kind: "text", text }] : [],
  created_at: "2026-11-22T10:00:00Z",
  reply_to: null,
  parent,
  siblings: [],
  superseded: false,
  run: null,
});

test("what was taken back is gone, and what waited behind it moves up", () => {
  const messages = [
    message("m1", "a", "complete", null),
    message("m2", "b", "streaming", "m1"),
    message("q2", "c", "complete", "m2"),
    message("a2", "", "queued", "q2"),
    message("q3", "d", "complete", "a2"),
    message("a3", "", "queued", "q3"),
  ];
  const runs = {
    r1: { ...run, since: 0 },
    r2: { ...run, id: "r2", message: "a2", state: "queued", since: 0 },
  } as const;
  const loaded = loadPage(openThread(NOTHING, THREAD), THREAD, { messages, seq: 3 }, "newest", 0);
  const before: LiveState = { ...loaded, runs };
  expect([waitsItsTurn(before, "q2"), waitsItsTurn(before, "m1")]).toEqual([true, false]);

  const after = reduce(
    before,
    {
      ...envelope,
      type: "message.withdrawn",
      topic: `thread:${THREAD}`,
      seq: 4,
      data: { messages: ["q2", "a2"], parent: "m2", leaf: "a3" },
    },
    0,
  );

  expect(shownBranch(after.loaded[THREAD] ?? EMPTY_THREAD).map(({ id }) => id)).toEqual(["m1", "m2", "q3", "a3"]);
  expect(Object.keys(after.runs)).toEqual(["r1"]);
});

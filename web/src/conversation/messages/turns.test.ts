/** Messages are grouped under the question they answer. */
import { expect, test } from "vitest";
import type { ShownMessage } from "@/wire";
import { groupBlocks, groupTurns } from "./turns";

function message(id: string, more: Partial<ShownMessage> = {}): ShownMessage {
  return {
    id,
    key: id,
    thread: "t",
    role: "user",
    agent: null,
    status: "complete",
    parts: [{ kind: "text", text: id }],
    created_at: "2026-11-22T10:00:00Z",
    reply_to: null,
    parent: null,
    siblings: [],
    superseded: false,
    run: null,
    delivery: "stored",
    ...more,
  };
}

const answer = (id: string, question: string, more: Partial<ShownMessage> = {}) =>
  message(id, { role: "agent", agent: "neo", reply_to: question, ...more });

test("an answer stands under its question", () => {
  const turns = groupTurns([message("q1"), answer("a1", "q1"), message("q2"), answer("a2", "q2")]);

  expect(turns.map(({ question, answers }) => [question?.id, ...answers.map(({ id }) => id)])).toEqual([
    ["q1", "a1"],
    ["q2", "a2"],
  ]);
});

test("an answer whose question is on an older page makes its own turn", () => {
  const turns = groupTurns([answer("a1", "not loaded"), message("q2")]);

  expect(turns.map(({ key, question }) => [key, question?.id])).toEqual([
    ["a1", undefined],
    ["q2", "q2"],
  ]);
});

test("turns whose messages did not change stay the same objects", () => {
  const settled = [message("q1"), answer("a1", "q1"), message("q2")];
  const before = groupTurns([...settled, answer("a2", "q2", { status: "streaming" })]);

  const after = groupTurns([...settled, answer("a2", "q2", { status: "streaming" })], before);

  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

test("a message keeps its turn when the server gives it its id", () => {
  const before = groupTurns([message("c1", { key: "c1", delivery: "pending" })]);
  const after = groupTurns([message("m1", { key: "c1" }), answer("a1", "m1")], before);

  expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
});

const turnsOf = (...keys: string[]) => groupTurns(keys.map((key) => message(key)));

test("earlier and later turns leave the blocks between them alone", () => {
  const settled = turnsOf("k10", "k11", "k20", "k21");
  const before = groupBlocks(settled);

  const after = groupBlocks([...turnsOf("k08", "k09"), ...settled, ...turnsOf("k30")], before);

  expect(after.map(({ turns }) => turns.map(({ key }) => key))).toEqual([
    ["k08", "k09"],
    ["k10", "k11"],
    ["k20", "k21"],
    ["k30"],
  ]);
  expect(after.slice(1, 3)).toEqual(before);
  expect(after[1]).toBe(before[0]);
  expect(after[2]).toBe(before[1]);
});

/** Threads stand under the local day of their last activity. */
import { expect, test } from "vitest";
import type { Thread } from "@/wire";
import { groupByDay } from "./group_by_day";

const NOW = new Date(2026, 10, 22, 9, 0);

function thread(id: string, year: number, month: number, day: number, hour = 12): Thread {
  const at = new Date(year, month - 1, day, hour).toISOString();
  const managed = { archived: false, pin_order: null, folder: null, temporary: false, retention_days: null };
  return { id, title: id, agent: "neo", created_at: at, updated_at: at, running: false, ...managed };
}

test("days are calendar days, not spans of 24 hours", () => {
  const groups = groupByDay([thread("early", 2026, 11, 22, 0), thread("late", 2026, 11, 21, 23)], NOW);

  expect(groups.map(({ kind, threads }) => [kind, threads.map(({ id }) => id)])).toEqual([
    ["today", ["early"]],
    ["yesterday", ["late"]],
  ]);
});

test("older threads stand under the week, the month, then each calendar month", () => {
  const groups = groupByDay(
    [
      thread("a", 2026, 11, 16),
      thread("b", 2026, 11, 15),
      thread("c", 2026, 10, 24),
      thread("d", 2026, 10, 2),
      thread("e", 2026, 10, 1),
      thread("f", 2025, 10, 1),
    ],
    NOW,
  );

  expect(groups.map(({ kind, threads }) => [kind, threads.map(({ id }) => id)])).toEqual([
    ["week", ["a", "b"]],
    ["month", ["c"]],
    ["earlier", ["d", "e"]],
    ["earlier", ["f"]],
  ]);
});

test("a clock that runs behind the server's puts nothing into the future", () => {
  expect(groupByDay([thread("a", 2026, 11, 23)], NOW)[0]?.kind).toBe("today");
});

test("the day on which clocks change is one day", () => {
  const sunday = new Date(2026, 9, 25, 23, 30);

  expect(groupByDay([thread("a", 2026, 10, 24, 0)], sunday)[0]?.kind).toBe("yesterday");
});

/** Sorts threads under the days a person would look for them. */
import type { Thread } from "@/wire";

export type DayGroup =
  | { kind: "today" | "yesterday" | "week" | "month"; threads: Thread[] }
  /** `month` is the first moment of a calendar month here. */
  | { kind: "earlier"; month: Date; threads: Thread[] };

/** Days that `week` and `month` reach back. */
const WEEK_DAYS = 7;
const MONTH_DAYS = 30;

/**
 * Group `threads` (latest first) by the local day of their last activity, as seen at `now`.
 *
 * Days are calendar days of this device, so a day of 23 or 25 hours is still one day.
 */
export function groupByDay(threads: readonly Thread[], now: Date): DayGroup[] {
  const groups: DayGroup[] = [];
  for (const thread of threads) {
    const empty = emptyGroup(new Date(thread.updated_at), now);
    const group = groups.find((known) => isSameGroup(known, empty));
    if (group) group.threads.push(thread);
    else groups.push({ ...empty, threads: [thread] });
  }
  return groups;
}

function emptyGroup(moment: Date, now: Date): DayGroup {
  const days = dayNumber(now) - dayNumber(moment);
  if (days <= 0) return { kind: "today", threads: [] };
  if (days === 1) return { kind: "yesterday", threads: [] };
  if (days <= WEEK_DAYS) return { kind: "week", threads: [] };
  if (days <= MONTH_DAYS) return { kind: "month", threads: [] };
  return { kind: "earlier", month: new Date(moment.getFullYear(), moment.getMonth()), threads: [] };
}

/** Counts calendar days: UTC days have one length, local ones do not. */
function dayNumber(moment: Date): number {
  return Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate()) / 86_400_000;
}

function isSameGroup(one: DayGroup, other: DayGroup): boolean {
  if (one.kind === "earlier" && other.kind === "earlier") return one.month.getTime() === other.month.getTime();
  return one.kind === other.kind;
}

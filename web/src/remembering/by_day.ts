// What was said, by the day on which it was here.
import type { RecalledItem } from "@/wire";

/** The days (`2026-03-09`, of this device's zone) in the order of time, each with what was said on it. */
export function byDay(items: readonly RecalledItem[]): [string, RecalledItem[]][] {
  const days = new Map<string, RecalledItem[]>();
  const inOrder = [...items].sort((a, b) => Date.parse(a.said_at) - Date.parse(b.said_at));
  for (const item of inOrder) {
    const day = dayOf(new Date(item.said_at));
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  return [...days];
}

function dayOf(at: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

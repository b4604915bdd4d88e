// When a conversation goes by itself.
import { durationText } from "./duration_text";

const HOURS_A_DAY = 24;
const DAY_MS = HOURS_A_DAY * 3_600_000;

/** The moment at which a conversation is erased if nothing more is said in it; null: never. */
export function endOf(lastSaid: string, own: number | null, limit: number | null): Date | null {
  const days = Math.min(own ?? Number.POSITIVE_INFINITY, limit ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(days) ? new Date(Date.parse(lastSaid) + days * DAY_MS) : null;
}

/** "30 days" in `language`. */
export const daysText = (language: string, days: number): string => durationText(language, days * HOURS_A_DAY);

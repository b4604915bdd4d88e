// What is looked for in the log, as it stands in the page's address and as the server is asked.
import type { AuditSearch } from "@/wire/administration";

export const KINDS = ["session", "factor", "account", "admin", "token", "policy"] as const;
export type Kind = (typeof KINDS)[number];
export type Outcome = "success" | "failure";

/** `since` and `until` are whole days of this device's calendar, the last one included. */
export type Search = {
  person?: string | undefined;
  kind?: Kind | undefined;
  outcome?: Outcome | undefined;
  since?: string | undefined;
  until?: string | undefined;
};

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const DAY = /^[1-9]\d{3}-\d{2}-\d{2}$/;
const isDay = (value: unknown): value is string =>
  typeof value === "string" && DAY.test(value) && !Number.isNaN(new Date(`${value}T00:00`).getTime());

/** Keep of an address what can be looked for; what is left out, the router would keep as it was given. */
export function searchOf(raw: Record<string, unknown>): Search {
  const kind = KINDS.find((known) => known === raw.kind);
  const outcome = (["success", "failure"] as const).find((known) => known === raw.outcome);
  return {
    person: typeof raw.person === "string" && UUID.test(raw.person) ? raw.person : undefined,
    kind,
    outcome,
    since: isDay(raw.since) ? raw.since : undefined,
    until: isDay(raw.until) ? raw.until : undefined,
  };
}

/** The same as the server understands it: moments instead of days. */
export function askedOf({ person, kind, outcome, since, until }: Search): AuditSearch {
  return {
    ...(person && { person }),
    ...(kind && { kind }),
    ...(outcome && { outcome }),
    ...(since && { since: startOf(since, 0) }),
    ...(until && { until: startOf(until, 1) }),
  };
}

function startOf(day: string, daysLater: number): string {
  const start = new Date(`${day}T00:00`);
  start.setDate(start.getDate() + daysLater); // not 24 hours: some days are longer
  return start.toISOString();
}

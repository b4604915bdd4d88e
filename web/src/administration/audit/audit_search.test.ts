// What an address may look for in the log.
import { expect, test } from "vitest";
import { askedOf, searchOf } from "./audit_search";

const PERSON = "0198c5f2-7a10-7cc3-9a52-4f6f2b1f5f11";

test("what can be looked for is kept", () => {
  const search = { person: PERSON, kind: "admin", outcome: "failure", since: "2026-11-01", until: "2026-11-27" };

  expect(searchOf(search)).toEqual(search);
});

test.each([
  { person: "ada" },
  { person: 7 },
  { kind: "weather" },
  { outcome: "perhaps" },
  { since: "yesterday" },
  { since: "0001-01-01" },
  { until: "2026-13-45" },
  { until: "99999-01-01" },
  { other: "x" },
])("anything else is left out: %o", (raw) => {
  expect(searchOf(raw)).toEqual({});
});

test("days become moments, the last day included, whatever its length", () => {
  const { since, until } = askedOf({ since: "2026-10-25", until: "2026-10-25" });

  expect(new Date(since ?? "").getTime()).toBe(new Date("2026-10-25T00:00").getTime());
  expect(new Date(until ?? "").getTime()).toBe(new Date("2026-10-26T00:00").getTime());
  expect(askedOf({})).toEqual({});
});

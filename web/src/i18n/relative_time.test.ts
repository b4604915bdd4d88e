// How long ago, in both languages.
import { expect, test } from "vitest";
import { timeAgo } from "./relative_time";

const NOW = new Date("2026-11-22T12:00:00Z");

test.each([
  ["2026-11-22T11:59:30Z", undefined, undefined],
  ["2026-11-22T12:03:00Z", undefined, undefined], // this device's clock is late
  ["2026-11-22T11:56:59Z", "3 minutes ago", "il y a 3 minutes"],
  ["2026-11-22T09:30:00Z", "2 hours ago", "il y a 2 heures"],
  ["2026-11-21T11:00:00Z", "yesterday", "hier"],
  ["2026-11-12T12:00:00Z", "10 days ago", "il y a 10 jours"],
])("%s", (moment, english, french) => {
  expect(timeAgo(new Date(moment), NOW, "en")).toBe(english);
  expect(timeAgo(new Date(moment), NOW, "fr")).toBe(french);
});

// The language chosen decides the words, the reader's own region how dates are written in them.
import { i18n } from "@lingui/core";
import { afterEach, expect, test, vi } from "vitest";
import { showLanguage } from "./language";

const CHRISTMAS = new Date(2026, 11, 25, 15, 30);

afterEach(async () => {
  vi.restoreAllMocks();
  await showLanguage("en");
});

test.each([
  [["en-GB", "en"], "en", "25/12/2026"],
  [["en-US", "en"], "en", "12/25/2026"],
  [["fr-CA", "en-GB"], "fr", "2026-12-25"],
  [["fr-CA", "en-GB"], "en", "25/12/2026"],
  [["de-DE"], "fr", "25/12/2026"],
] as const)("somebody from %j who reads %s sees %s", async (languages, chosen, day) => {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(languages);

  await showLanguage(chosen);

  expect(i18n.date(CHRISTMAS, { year: "numeric", month: "2-digit", day: "2-digit" })).toBe(day);
});

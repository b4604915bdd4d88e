// A refusal is said in words of a catalogue that is loaded, never as the id of a text that is not.
import { i18n } from "@lingui/core";
import { beforeEach, expect, test, vi } from "vitest";

beforeEach(() => vi.resetModules());

test.each(["later", "entry"] as const)(
  "a screen that brings only the texts of %s knows no refusal without words",
  async (extra) => {
    const { PROBLEM_TEXTS } = await import("./problem_text");
    const { showLanguage, wantTexts } = await import("./language");
    i18n.loadAndActivate({ locale: "fr", messages: {} });
    const atStart = Object.keys(PROBLEM_TEXTS).length;
    await showLanguage("fr");

    await wantTexts(extra);

    const silent = Object.entries(PROBLEM_TEXTS).filter(([, { id }]) => i18n.messages[id] === undefined);
    expect(silent.map(([code]) => code)).toEqual([]);
    expect(Object.keys(PROBLEM_TEXTS).length).toBeGreaterThan(atStart);
  },
);

test("the screen of a shared conversation, which nobody signs in for, says why a link is dead", async () => {
  const { PROBLEM_TEXTS } = await import("./problem_text");
  const { wantTexts } = await import("./language");

  await wantTexts("later");

  expect(PROBLEM_TEXTS).toHaveProperty("unknown_share");
  expect(PROBLEM_TEXTS).toHaveProperty("too_many_reads");
});

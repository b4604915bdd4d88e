// The two languages are typeset as their readers expect, and count as their grammars do.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setupI18n } from "@lingui/core";
import { describe, expect, test } from "vitest";

const CATALOGUES = ["app", "conversation", "entry", "later"] as const;

/** The texts of a catalogue as they are shown: the source where nothing is translated. */
function textsOf(language: "en" | "fr"): string[] {
  return CATALOGUES.flatMap((name) => {
    const catalogue = readFileSync(join(import.meta.dirname, "locales", language, `${name}.po`), "utf8");
    const entries = [...catalogue.matchAll(/^msgid "(.+)"\nmsgstr "(.*)"$/gm)];
    return entries.map(([, source = "", text = ""]) => text || source);
  });
}

describe.each(["en", "fr"] as const)("in the catalogues of %s", (language) => {
  test("apostrophes are typographic: the straight one is also an escape inside messages", () => {
    expect(textsOf(language).length).toBeGreaterThan(200);
    expect(textsOf(language).filter((text) => text.includes("'"))).toEqual([]);
  });

  test("quotation marks are typographic", () => {
    expect(textsOf(language).filter((text) => /\\"/.test(text))).toEqual([]);
  });
});

test("French signs that stand apart never begin a line", () => {
  const apart = / [:;?!»]|« |[\p{L}\d)}][;?!»]|[\p{L}\d)}]:(?!\/\/)/u;
  const withoutPlaceholders = (text: string) => text.replaceAll(/\{\w+, plural, /g, "").replaceAll("http://", "");

  expect(textsOf("fr").filter((text) => apart.test(withoutPlaceholders(text)))).toEqual([]);
});

test("French counts nothing and one alike", async () => {
  const i18n = setupI18n();
  const { messages } = await import("./locales/fr/conversation.po");
  i18n.loadAndActivate({ locale: "fr", messages });
  const id = Object.keys(messages).find((key) => JSON.stringify(messages[key]).includes("caractère en trop")) ?? "";

  const said = [0, 1, 2, 12_000].map((over) => i18n._(id, { over }));

  expect(said).toEqual([
    "0 caractère en trop",
    "1 caractère en trop",
    "2 caractères en trop",
    "12\u202f000 caractères en trop",
  ]);
});

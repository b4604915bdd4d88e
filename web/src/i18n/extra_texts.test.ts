// Texts that start-up leaves out: no screen of start-up needs them, and they come in every language that is shown.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { i18n } from "@lingui/core";
import { afterEach, expect, test } from "vitest";
import catalogues from "../../lingui.config";
import { showLanguage, wantTexts } from "./language";

const SRC = join(import.meta.dirname, "..");
const STATIC_IMPORT = /^(?:import|export) (?!type )[^;"]*?"([@.]\/?[^"]+)"/gm;
const isPresent = (path: string) => existsSync(path);

afterEach(async () => showLanguage("en"));

/** The file that `name` means inside `from`, if it is a script of ours. */
function fileOf(name: string, from: string): string | undefined {
  const base = name.startsWith("@/") ? join(SRC, name.slice(2)) : resolve(dirname(from), name);
  return [`${base}.ts`, `${base}.tsx`, `${base}/index.ts`].find(isPresent);
}

/** Every file that runs before the first screen stands. */
function startUpFiles(): string[] {
  const queue = [join(SRC, "main.tsx")];
  const files = new Set<string>();
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    const names = [...readFileSync(file, "utf8").matchAll(STATIC_IMPORT)].map(([, name = ""]) => name);
    for (const name of names) queue.push(...[fileOf(name, file) ?? []].flat());
  }
  return [...files];
}

/** A pattern of the catalogues, as far as ours go. */
const patternOf = (glob: string) =>
  new RegExp(
    `^${glob.replace(/\{(.*?)\}/g, (_, names: string) => `(${names.replaceAll(",", "|")})`).replace("**", ".*")}`,
  );

test("what start-up runs has its texts in the catalogues of start-up", () => {
  const extra = catalogues.catalogs
    .filter(({ path }) => /\/(entry|later)$/.test(path))
    .flatMap(({ include }) => include);
  const files = startUpFiles().map((file) => relative(join(SRC, ".."), file));
  const isWithoutTexts = (file: string) => extra.some((glob) => patternOf(glob).test(file));
  const hasTexts = (file: string) => /@lingui\/(core|react)\/macro/.test(readFileSync(join(SRC, "..", file), "utf8"));

  expect(files.filter(isWithoutTexts).filter(hasTexts)).toEqual([]);
  expect(files).toContain("src/conversation/ConversationScreen.tsx");
  expect(files).toContain("src/models/choices.tsx");
  expect(isWithoutTexts("src/models/ProviderForm.tsx")).toBe(true);
});

test("texts that were wanted once come with every language", async () => {
  await showLanguage("en");
  const { messages } = await import("./locales/fr/entry.po");
  const [id = "", words] = Object.entries(messages)[0] ?? [];
  await wantTexts("entry");
  expect(i18n.messages[id]).toBeDefined();
  expect(i18n.messages[id]).not.toEqual(words);

  await showLanguage("fr");

  expect(i18n.messages[id]).toEqual(words);
});

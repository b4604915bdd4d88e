// Fail when a text on the screen is missing from a catalogue or has no French translation.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = "src/i18n/locales";
const paths = readdirSync(FOLDER, { recursive: true })
  .filter((name) => name.endsWith(".po"))
  .map((name) => join(FOLDER, name));
const withoutDates = (text) => text.replace(/^"(POT-Creation|PO-Revision)-Date:.*$/gm, "");

const before = new Map(paths.map((path) => [path, readFileSync(path, "utf8")]));
execFileSync("node_modules/.bin/lingui", ["extract"], { stdio: "ignore" });
const problems = [];
for (const path of paths) {
  const now = readFileSync(path, "utf8");
  const then = before.get(path);
  if (withoutDates(now) !== withoutDates(then)) problems.push(`${path}: out of date; run "npm run messages"`);
  writeFileSync(path, then);
  const missing = [...now.matchAll(/^msgid "(.+)"\n(?:msgstr "")(?!\n")/gm)].map((found) => found[1]);
  const isObsolete = /^#~ /m.test(now);
  if (isObsolete) problems.push(`${path}: keeps texts that nothing shows; run "npm run messages -- --clean"`);
  problems.push(...missing.map((text) => `${path}: no translation of "${text}"`));
}
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);

// Fail when a text on the screen is missing from a catalogue or has no French translation. Changes nothing.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const FOLDER = "src/i18n/locales";
const COPY = `node_modules/.cache/translations-${process.pid}`;
const withoutDates = (text) => text.replace(/^"(POT-Creation|PO-Revision)-Date:.*$/gm, "");

mkdirSync("node_modules/.cache", { recursive: true });
cpSync(FOLDER, COPY, { recursive: true });
execFileSync(process.execPath, ["node_modules/@lingui/cli/dist/lingui.js", "extract", "--clean"], {
  env: { ...process.env, LINGUI_FOLDER: COPY },
  stdio: ["ignore", "ignore", "inherit"],
});

const problems = [];
for (const name of readdirSync(FOLDER, { recursive: true }).filter((path) => path.endsWith(".po"))) {
  const kept = readFileSync(join(FOLDER, name), "utf8");
  const extracted = readFileSync(join(COPY, name), "utf8");
  if (withoutDates(kept) !== withoutDates(extracted)) problems.push(`${name}: out of date; run "npm run messages"`);
  const missing = [...extracted.matchAll(/^msgid "(.+)"\nmsgstr ""(?!\n")/gm)].map((found) => found[1]);
  problems.push(...missing.map((text) => `${name}: no translation of "${text}"`));
}
rmSync(COPY, { recursive: true });
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);

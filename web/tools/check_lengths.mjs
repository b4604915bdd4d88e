// Fail when a source file outgrows 250 lines: at that size look for the second idea in it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LIMIT = 250;
const isChecked = (name) => /\.(tsx?|mjs|css)$/.test(name) && !name.endsWith(".gen.ts");

const long = ["src", "tools"]
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)))
  .filter(isChecked)
  .map((path) => ({ path, lines: readFileSync(path, "utf8").trimEnd().split("\n").length }))
  .filter(({ lines }) => lines > LIMIT);

for (const { path, lines } of long) console.error(`${path}: ${lines} lines, at most ${LIMIT}; split it by idea`);
process.exit(long.length > 0 ? 1 : 0);

// The start-up budget: what a signed-in page must fetch and run before the conversation is there, gzipped.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const BUILT = "../src/emergence/gateway/client";
const STATIC_IMPORT = /(?:from|import)\s*"\.\/([\w.-]+\.js)"/g;

/** The page's own scripts and everything that they import without waiting. */
function startUpFiles() {
  const page = readFileSync(join(BUILT, "index.html"), "utf8");
  const queue = [...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((found) => found[1]);
  const files = new Set();
  while (queue.length > 0) {
    const file = queue.pop();
    if (files.has(file) || !existsSync(join(BUILT, file))) continue;
    files.add(file);
    const text = readFileSync(join(BUILT, file), "utf8");
    for (const found of text.matchAll(STATIC_IMPORT)) queue.push(`assets/${found[1]}`);
  }
  return [...files];
}

/** The texts, which are fetched beside the page; only one language is, both are counted. */
function catalogues() {
  const all = readdirSync(join(BUILT, "assets")).filter((name) => /^(app|conversation)-.*\.js$/.test(name));
  return all.map((name) => `assets/${name}`);
}

export default [
  {
    name: "start-up JavaScript, both languages counted",
    path: [...new Set([...startUpFiles(), ...catalogues()])].map((file) => join(BUILT, file)),
    gzip: true,
    limit: "250 kB",
  },
];

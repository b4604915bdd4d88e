// Which rule wins must not depend on which stylesheet a build happens to load first.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const STYLESHEETS = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".css"));
const ORDER = "@layer theme, base, components, utilities;"; // Tailwind's own

test.each(STYLESHEETS)("%s states the order of the layers, or is imported by the one that does", (path) => {
  const text = readFileSync(`src/${path}`, "utf8");
  const isTheme = path.startsWith("design/");
  expect(isTheme || text.indexOf(ORDER) >= 0).toBe(true);
  if (!isTheme) expect(text.indexOf(ORDER)).toBeLessThan(text.indexOf("@layer components {"));
});

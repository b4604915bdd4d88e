/** Texts made to hang or break the page are shown as they were written; long honest ones keep their form. */
import { describe, expect, test, vi } from "vitest";
import { LONGEST_BLOCK, NO_BLOCKS, splitBlocks } from "./blocks";
import { blocksOf } from "./bounded_lexer";
import { readBlock } from "./read_block";

/** Processor time, for the sake of slow machines; without bounds the worst of these take from 2 s to minutes. */
const SOON_MS = 1_000;

const HOSTILE = [
  ">",
  "> ",
  "- ",
  "1. ",
  "> - ",
  "- > ",
  "- a\n",
  "-\n",
  "> - a\n",
  "* a\n _",
  "- [ ] a\n",
  ">a\nb\n",
  "a\n>b\n",
  "*a",
  "*a ",
  "**a ",
  "_*a ",
  "**_a ",
  "~~a",
  "*a **a()",
  "a_",
  "![",
  "[",
  "[a](",
  "[a](b)",
  "`a ",
  "<",
  "<a ",
  "|-|\n|a|b|\n",
  "| a | b |\n",
  "$",
  "$$a",
  "\\[",
  "!",
  "a",
  "a@",
  "http://",
  "&amp;",
  "\n",
  "👩‍👩‍👧",
  "<div>\n\n",
  "a\n\n",
];

const repeated = (unit: string, length: number) => unit.repeat(Math.ceil(length / unit.length));

function timed<T>(work: () => T): T {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  const spent = (user + system) / 1_000;
  expect(spent).toBeLessThan(SOON_MS);
  return result;
}

describe.each(HOSTILE)("100,000 characters of %j", (unit) => {
  const text = repeated(unit, 100_000);

  test("are cut without a gap and read, block by block, in reasonable time", () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { blocks } = timed(() => splitBlocks(text));

    let end = 0;
    for (const block of blocks.slice(0, 5)) {
      expect(text.slice(end, block.start).trim()).toBe("");
      expect(text.slice(block.start, block.start + block.raw.length)).toBe(block.raw);
      end = block.start + block.raw.length;
      expect(timed(() => readBlock(block, "", false))).not.toHaveLength(0);
      timed(() => readBlock(block, "", true));
    }
    expect(blocks.reduce((sum, { start, raw }) => Math.max(sum, start + raw.length), 0)).toBeGreaterThan(
      text.trimEnd().length - 2,
    );
  });

  test("can grow", () => {
    const grown = splitBlocks(text.slice(0, 50_000), splitBlocks(text.slice(0, 49_900), NO_BLOCKS));

    timed(() => splitBlocks(text.slice(0, 50_050), grown));
  });
});

test("3,001 quotes in one another are a few quotes and the rest as it was written", () => {
  const { blocks } = splitBlocks(">".repeat(3_001));
  const [block = { kind: "", raw: "", start: 0 }] = blocks;

  const tokens = JSON.stringify(readBlock(block, "", false));

  expect(blocks).toHaveLength(1);
  expect(tokens.match(/"type":"blockquote"/g)?.length).toBeGreaterThan(20);
  expect(tokens).toMatch(/"type":"plain"/);
});

describe("across the edge of what the lexer is given at once", () => {
  const EDGE = 5_000;
  const CROSSING = {
    "an ordered list": "1. one\n\n2. two\n\n   more of two\n3. three\n   - inside\n\n10. ten\n",
    "a loose list": "- one\n\n- two\n\n- three\n",
    "a quote": "> one\n> - a list\n>\n> two\nlazy\n",
    "a table": "| a | b |\n|---|--:|\n| 1 | 2 |\n| 3 | 4 |\n",
    "a fence": "````js\nlet a = 1;\n\n```\n\n# no heading\n````\n",
    HTML: "<details>\n<summary>s</summary>\n</details>\n",
    "HTML with blank lines": "<pre>\none\n\ntwo\n</pre>\n",
    "a comment": "<!-- one\n\n- two\n-->\n",
    "a formula": "$$\na\n- b\n$$\n",
    "indented code": "    one\n\n    two\n",
    "a heading underlined": "Heading\n===\n",
    "a definition": '[ref]: https://example.org\n  "title"\n',
    "a paragraph": "one\ntwo 👩‍👩‍👧 three\n",
  };

  test.each(Object.entries(CROSSING))("%s stays whole, wherever the edge falls", (_name, block) => {
    const follower = `after\n\n${block}\n# end\n\n${"more\n\n".repeat(20)}`;
    for (let before = EDGE - block.length - 12; before <= EDGE + 4; before += 1) {
      const filler = `${"words\n\n".repeat(before / 7)}${"x".repeat((before % 7) + 1)}\n\n`;
      const text = `${filler}${block}\n${follower}`;

      const { blocks } = splitBlocks(text);

      const whole = blocksOf(text).filter(({ type }) => type !== "space");
      expect(blocks.map(({ kind, raw }) => [kind, raw])).toEqual(whole.map(({ type, raw }) => [type, raw]));
    }
  });
});

describe("a long block", () => {
  const around = (block: string) => splitBlocks(`before\n\n${block}\n\n# after`);

  test("of code stays code up to its closing fence", () => {
    const code = `\`\`\`\`js\n${repeated("let a = 1;\n\n```\n", 60_000)}\n\`\`\`\``;

    const { blocks } = around(code);

    expect(blocks.map(({ kind }) => kind)).toEqual(["paragraph", "code", "heading"]);
    expect(blocks[1]?.raw.trimEnd()).toBe(code);
  });

  test("of code without an end is code to the end", () => {
    const { blocks } = splitBlocks(`before\n\n~~~\n${repeated("a\n\n", 60_000)}`);

    expect(blocks.map(({ kind }) => kind)).toEqual(["paragraph", "code"]);
  });

  test("of prose is plain text, and what follows is not", () => {
    const { blocks } = around(repeated("some *words* ", LONGEST_BLOCK + 5_000));

    expect(blocks.map(({ kind }) => kind)).toEqual(["paragraph", "plain", "heading"]);
  });

  test("that is a list is cut between its items", () => {
    const { blocks } = around(repeated("1. an item of the list\n\n   with a paragraph of its own\n", 70_000));

    expect([...new Set(blocks.map(({ kind }) => kind))]).toEqual(["paragraph", "list", "heading"]);
    expect(blocks.length).toBeLessThan(10);
  });

  test("is no matter of many short ones", () => {
    const { blocks } = timed(() => splitBlocks("A **short** one.\n\n".repeat(5_000)));

    expect(blocks).toHaveLength(5_000);
  });

  test("just short enough keeps its form", () => {
    const { blocks } = around(repeated("some *words* ", LONGEST_BLOCK - 100));

    expect(blocks.map(({ kind }) => kind)).toEqual(["paragraph", "paragraph", "heading"]);
  });
});

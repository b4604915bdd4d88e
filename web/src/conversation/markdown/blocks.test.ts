/** Blocks cut from a growing text are the blocks of the whole text, whatever the pieces were. */
import { describe, expect, test } from "vitest";
import { type Blocks, NO_BLOCKS, splitBlocks } from "./blocks";

const DOCUMENT = [
  "# Title\n\nA paragraph with **bold**\nand a break.",
  "Setext\n---",
  "- one\n- two\n\n- three, loose\n\n  inside three",
  "1. first\n   ```js\n   const a = `x`;\n   ```\n2. second",
  "```python\nprint('é 👩‍👩‍👧')\n\n# not a heading\n```",
  "| a | b |\n|---|--:|\n| 1 | 2 |",
  "> quoted\n> more\n\n> another",
  "$$\na^2\n\nb^2\n$$",
  "<details>\n<summary>s</summary>\n\ntext\n\n</details>",
  "    indented code\n\n    more of it",
  "[ref]: https://example.org\n\nSee [ref].",
  "para\n- list right after\n\n***\n\nlast 🙂",
].join("\n\n");

function grow(text: string, sizes: () => number): Blocks {
  let blocks = NO_BLOCKS;
  for (let end = 0; end < text.length; ) {
    end = Math.min(text.length, end + sizes());
    blocks = splitBlocks(text.slice(0, end), blocks);
  }
  return blocks;
}

/** A small reproducible sequence (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

describe("splitBlocks", () => {
  test("one character at a time gives the blocks of the whole text", () => {
    expect(grow(DOCUMENT, () => 1)).toEqual(splitBlocks(DOCUMENT));
  });

  test("pieces of any size and any order of blocks give the blocks of the whole text", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = sequence(seed);
      const text = DOCUMENT.split("\n\n")
        .sort(() => random() - 0.5)
        .join(random() < 0.3 ? "\n" : "\n\n");

      const grown = grow(text, () => 1 + Math.floor(random() * 12));

      expect(grown).toEqual(splitBlocks(text));
    }
  });

  test("positions point at each block's own text", () => {
    const { text, blocks } = splitBlocks(DOCUMENT);

    for (const block of blocks) {
      expect(text.slice(block.start, block.start + block.raw.length)).toBe(block.raw);
    }
  });

  test("a text that does not continue the earlier one is cut from its beginning", () => {
    const earlier = splitBlocks("One.\n\nTwo.");

    expect(splitBlocks("Other.\n\nTwo. And more.", earlier)).toEqual(splitBlocks("Other.\n\nTwo. And more."));
  });

  test("settled blocks are taken over, not made again", () => {
    const earlier = splitBlocks("One.\n\nTwo.\n\nThree.\n\nFo");
    const later = splitBlocks("One.\n\nTwo.\n\nThree.\n\nFour.", earlier);

    expect(later.blocks[0]).toBe(earlier.blocks[0]);
    expect(later.blocks[1]).toBe(earlier.blocks[1]);
  });
});

/** Cuts a growing Markdown text into blocks, and cuts again only what new text can still change. */
import { Lexer } from "marked";
import { markdown } from "./syntax";

export interface Block {
  /** The kind of its first token, as the lexer names it. */
  readonly kind: string;
  readonly raw: string;
  /** UTF-16 position in the normalised text. */
  readonly start: number;
}

export interface Blocks {
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Link reference definitions of the whole text, which any block may use. */
  readonly definitions: string;
}

/** Blocks at the end that more text can still change. */
const OPEN = 2;

export const NO_BLOCKS: Blocks = { text: "", blocks: [], definitions: "" };

/**
 * Split `source` into top-level blocks; blank lines between them belong to none.
 *
 * When `source` continues the text of `previous`, every block but the last two is taken over as it is.
 * The last but one may still grow: "2" after a list is a paragraph, "2. " is the list's next item.
 */
export function splitBlocks(source: string, previous: Blocks = NO_BLOCKS): Blocks {
  const text = source.replace(/\r\n?/g, "\n");
  if (text === previous.text) return previous;
  const settled = text.startsWith(previous.text) ? previous.blocks.slice(0, -OPEN) : [];
  const from = previous.blocks[settled.length]?.start ?? 0;
  const blocks = settled.length > 0 ? [...settled, ...cut(text.slice(from), from)] : cut(text, 0);
  return { text, blocks, definitions: definitionsOf(blocks) };
}

function cut(text: string, offset: number): Block[] {
  // Only the block pass runs here; inline syntax is read when a block is drawn.
  const tokens = new Lexer(markdown.defaults).blockTokens(text, []);
  const blocks: Block[] = [];
  let start = offset;
  for (const { type, raw } of tokens) {
    if (type !== "space") blocks.push({ kind: type, raw, start });
    start += raw.length;
  }
  return blocks;
}

function definitionsOf(blocks: readonly Block[]): string {
  return blocks
    .filter((block) => block.kind === "def")
    .map((block) => block.raw)
    .join("\n");
}

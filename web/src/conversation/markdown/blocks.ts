/** Cuts a growing Markdown text into blocks, and cuts again only what new text can still change. */
import type { Token, Tokens } from "marked";
import { blocksOf, TooCostly } from "./bounded_lexer";

export interface Block {
  /** The kind of its first token, as the lexer names it; "plain" for a text that is not read as Markdown. */
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

/** UTF-16 units of the longest block that is read as Markdown; only code may be longer. */
export const LONGEST_BLOCK = 20_000;

/**
 * UTF-16 units that the lexer is given at once, more only while that holds no settled block: its time grows with
 * their square, and the least of these is within its bounds however short the blocks are.
 */
const PORTIONS = [5_000, LONGEST_BLOCK];

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const BLANK_LINES = /\n(?:[ \t]*\n)+/g;

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
  const blocks = settled.length > 0 ? [...settled, ...cut(text, from)] : cut(text, 0);
  return { text, blocks, definitions: definitionsOf(blocks) };
}

function cut(text: string, from: number): Block[] {
  const blocks: Block[] = [];
  for (let start = from; start < text.length; ) {
    for (const { type, raw } of nextPieces(text, start)) {
      if (type !== "space") blocks.push({ kind: type, raw, start });
      start += raw.length;
    }
  }
  return blocks;
}

type Piece = Pick<Token, "type" | "raw">;

/** Return at least one piece of `text` from `start` on; their raw texts follow one another without a gap. */
function nextPieces(text: string, start: number): readonly Piece[] {
  for (const size of PORTIONS) {
    const part = text.slice(start, start + size);
    const tokens = readBlocks(part);
    if (tokens === null) return [{ type: "plain", raw: wholeLines(part) }];
    if (start + part.length === text.length) return tokens;
    const settled = settledOf(tokens);
    if (settled.length > 0) return settled;
    const [first, ...rest] = tokens;
    // Of two blocks that fill the longest part, the second is too long to be a beginning of something else.
    if (size === LONGEST_BLOCK && first && rest.some(isBlock)) return [first];
    const items = size === LONGEST_BLOCK && wholeItems(first);
    if (items) return [items];
  }
  return [longPiece(text, start)];
}

const isBlock = ({ type }: Piece) => type !== "space";

/** The tokens that no text after them can change: all before the last two blocks. */
function settledOf(tokens: readonly Token[]): readonly Piece[] {
  const open = tokens.filter(isBlock).at(-OPEN) ?? tokens.find(isBlock);
  if (open !== undefined) return tokens.slice(0, tokens.indexOf(open));
  const blank = tokens.map(({ raw }) => raw).join("");
  return [{ type: "space", raw: wholeLines(blank) }];
}

function wholeLines(part: string): string {
  return part.slice(0, part.lastIndexOf("\n") + 1) || part;
}

/** A list may be longer than any other block: it is cut between its items. */
function wholeItems(token: Token | undefined): Piece | null {
  if (token?.type !== "list") return null;
  const items = (token as Tokens.List).items.slice(0, -1);
  return items.length > 0 ? { type: "list", raw: items.map(({ raw }) => raw).join("") } : null;
}

/** The top-level blocks of `part`, or null when they cannot be found in reasonable time. */
function readBlocks(part: string): Token[] | null {
  try {
    return blocksOf(part);
  } catch (problem) {
    if (problem instanceof TooCostly || problem instanceof RangeError) return null;
    throw problem;
  }
}

/** A block longer than the longest: code up to its closing fence, anything else as plain text up to a blank line. */
function longPiece(text: string, start: number): Piece {
  const fence = FENCE.exec(text.slice(start, start + 200))?.[1];
  if (fence !== undefined) {
    const closing = new RegExp(`\\n {0,3}${fence.charAt(0)}{${fence.length},}[ \\t]*(?:\\n|$)`, "g");
    closing.lastIndex = start;
    const end = closing.exec(text) === null ? text.length : closing.lastIndex;
    return { type: "code", raw: text.slice(start, end) };
  }
  BLANK_LINES.lastIndex = start + LONGEST_BLOCK;
  const end = BLANK_LINES.exec(text) === null ? text.length : BLANK_LINES.lastIndex;
  return { type: "plain", raw: text.slice(start, end) };
}

function definitionsOf(blocks: readonly Block[]): string {
  return blocks
    .filter((block) => block.kind === "def")
    .map((block) => block.raw)
    .join("\n");
}

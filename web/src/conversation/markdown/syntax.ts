/** The Markdown that agents write: GitHub's flavour, single line breaks kept, and TeX formulas. */
import { Marked, type MarkedToken, type TokenizerExtension, type Tokens } from "marked";

export interface Formula {
  type: "formula";
  raw: string;
  text: string;
  display: boolean;
}

/** What is nested too deeply, or would take too long to read: shown as it was written. */
export interface Plain {
  type: "plain";
  raw: string;
  text: string;
}

export type MarkdownToken = MarkedToken | Formula | Plain;

// A dollar opens a formula only when no space follows it and the closing one touches neither a space
// nor a digit or letter, so that "$5 and $10" stays money.
const INLINE = /^\$(?![\s$])((?:\\.|[^\\$\n])+?)(?<![\s\\])\$(?![\p{L}\d$])/u;
const INLINE_PARENTHESES = /^\\\(([^\n]+?)\\\)/;
const DISPLAY = /^(?:\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\])/;
const OPENING = /^ {0,3}(\$\$(?!\$)|\\\[)/;
const BLANK_LINE = /\n[ \t]*(?:\n|$)/;

const inlineFormula: TokenizerExtension = {
  name: "formula",
  level: "inline",
  start: (source) => {
    const index = source.search(/\$|\\[([]/);
    return index < 0 ? undefined : index;
  },
  tokenizer: (source) =>
    formula(DISPLAY.exec(source), true) ?? formula(INLINE.exec(source) ?? INLINE_PARENTHESES.exec(source), false),
};

const blockFormula: TokenizerExtension = {
  name: "formula",
  level: "block",
  tokenizer: readBlockFormula,
};

/**
 * Like a fence, an opening without its closing holds everything up to the next blank line: lines that
 * look like lists ("- b") belong to the formula, and no later text changes an earlier block.
 */
function readBlockFormula(source: string): Formula | undefined {
  const opening = OPENING.exec(source);
  if (opening === null) return undefined;
  const blank = source.search(BLANK_LINE);
  const block = blank < 0 ? source : source.slice(0, blank);
  const closing = opening[1] === "$$" ? "$$" : "\\]";
  const closed = block.indexOf(closing, opening[0].length);
  if (closed < 0) return { type: "formula", raw: block, text: block, display: false };
  const rest = /^[ \t]*(?:\n|$)/.exec(block.slice(closed + closing.length));
  if (rest === null) return undefined;
  const raw = block.slice(0, closed + closing.length + rest[0].length);
  return { type: "formula", raw, text: block.slice(opening[0].length, closed).trim(), display: true };
}

function formula(match: RegExpExecArray | null, display: boolean): Formula | undefined {
  if (match === null) return undefined;
  const text = (match[1] ?? match[2] ?? "").trim();
  return text === "" ? undefined : { type: "formula", raw: match[0], text, display };
}

export const markdown = new Marked({
  gfm: true,
  breaks: true,
  extensions: [inlineFormula, blockFormula],
});

/** Children of a token; the lexer types them loosely, the set of kinds is the one above. */
export function children(tokens: Tokens.Generic["tokens"]): MarkdownToken[] {
  return (tokens ?? []) as MarkdownToken[];
}

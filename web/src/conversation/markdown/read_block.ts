/** Reads one block of Markdown into tokens, closing what a reply has only half typed. */
import remend from "remend";
import type { Block } from "./blocks";
import { tokensOf } from "./bounded_lexer";
import { children, type MarkdownToken } from "./syntax";

/** UTF-16 units; every block reads the definitions again, so that many of them would make each one slow. */
const LONGEST_DEFINITIONS = 10_000;

/**
 * Return the tokens of `block`.
 *
 * An `open` block is the last one of a reply that is still coming: its unfinished emphasis, code and
 * formulas are closed, and unfinished links are plain text until their last character is there.
 * A block that cannot be read, or not in reasonable time, is one token of plain text.
 */
export function readBlock(block: Block, definitions: string, open: boolean): MarkdownToken[] {
  const plain: MarkdownToken = { type: "plain", raw: block.raw, text: block.raw };
  if (block.kind === "plain") return [plain];
  const isNeeded = definitions !== "" && definitions.length <= LONGEST_DEFINITIONS && block.kind !== "code";
  try {
    const source = open ? complete(block) : block.raw;
    const tokens = children(tokensOf(isNeeded ? `${definitions}\n\n${source}` : source));
    return open ? withoutTrailingAddress(tokens) : tokens;
  } catch (problem) {
    // Whatever a parser trips over, the text is worth showing.
    console.warn("A block of Markdown is shown as it was written.", problem);
    return [plain];
  }
}

function complete(block: Block): string {
  if (block.kind === "code") return block.raw.replace(/\n {0,3}[`~]{1,2}$/, "");
  return remend(block.raw, { linkMode: "text-only" });
}

/** A bare address at the very end may still grow: it becomes a link once something follows it. */
function withoutTrailingAddress(tokens: MarkdownToken[]): MarkdownToken[] {
  const last = tokens.at(-1);
  if (last === undefined) return tokens;
  if (last.type === "link" && last.raw === last.text) {
    return [...tokens.slice(0, -1), { type: "text", raw: last.raw, text: last.text }];
  }
  if (last.type === "list") {
    const items = [...last.items];
    const item = items.pop();
    if (item) items.push({ ...item, tokens: withoutTrailingAddress(children(item.tokens)) });
    return [...tokens.slice(0, -1), { ...last, items }];
  }
  if ("tokens" in last && last.tokens) {
    const inner = withoutTrailingAddress(children(last.tokens));
    return [...tokens.slice(0, -1), { ...last, tokens: inner } as MarkdownToken];
  }
  return tokens;
}

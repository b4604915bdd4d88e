/** Reads one block of Markdown into tokens, closing what a reply has only half typed. */
import remend from "remend";
import type { Block } from "./blocks";
import { children, type MarkdownToken, markdown } from "./syntax";

/**
 * Return the tokens of `block`.
 *
 * An `open` block is the last one of a reply that is still coming: its unfinished emphasis, code and
 * formulas are closed, and unfinished links are plain text until their last character is there.
 */
export function readBlock(block: Block, definitions: string, open: boolean): MarkdownToken[] {
  const source = open ? complete(block) : block.raw;
  const needed = definitions !== "" && block.kind !== "code" ? `${definitions}\n\n` : "";
  const tokens = children(markdown.lexer(needed + source));
  return open ? withoutTrailingAddress(tokens) : tokens;
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

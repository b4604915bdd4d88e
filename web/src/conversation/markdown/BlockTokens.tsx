/** Draws block tokens as elements; no HTML text is ever built from a reply. */
import type { Tokens } from "marked";
import { createElement, Fragment, type ReactNode } from "react";
import { CodeBlock } from "./CodeBlock";
import { FormulaView } from "./FormulaView";
import { InlineTokens } from "./InlineTokens";
import { RawHtml } from "./RawHtml";
import { children, type MarkdownToken } from "./syntax";
import { TableView } from "./TableView";

interface BlockTokensProps {
  tokens: readonly MarkdownToken[];
  open?: boolean;
}

export function BlockTokens({ tokens, open = false }: BlockTokensProps) {
  return tokens.map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a token has no identity but its place
    <Fragment key={index}>{drawBlock(token, open)}</Fragment>
  ));
}

function drawBlock(token: MarkdownToken, open: boolean): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      // The page's own headings come first, so a reply's first level is the third.
      return createElement(
        `h${Math.min(token.depth + 2, 6)}`,
        { "data-depth": token.depth },
        <InlineTokens tokens={children(token.tokens)} />,
      );
    case "paragraph":
      return (
        <p>
          <InlineTokens tokens={children(token.tokens)} />
        </p>
      );
    case "hr":
      return <hr />;
    case "code":
      return <CodeBlock code={token.text} language={languageOf(token.lang)} open={open} />;
    case "blockquote":
      return (
        <blockquote>
          <BlockTokens tokens={children(token.tokens)} open={open} />
        </blockquote>
      );
    case "list":
      return drawList(token, open);
    case "table":
      return <TableView table={token} />;
    case "html":
      return <RawHtml html={token.text} />;
    case "plain":
      return <p className="source">{token.raw.trimEnd()}</p>;
    case "formula":
      return <FormulaView tex={token.text} display={token.display} />;
    default:
      return <InlineTokens tokens={[token]} />;
  }
}

function drawList(list: Tokens.List, open: boolean): ReactNode {
  const items = list.items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: items of a list have no identity but their place
    <li key={index} className={item.task ? "task" : undefined}>
      <BlockTokens tokens={children(item.tokens)} open={open} />
    </li>
  ));
  return list.ordered ? <ol start={list.start === "" ? 1 : list.start}>{items}</ol> : <ul>{items}</ul>;
}

/** The first word of the info string: "ts title=a.ts" is TypeScript. */
function languageOf(info: string | undefined): string {
  return /^[^\s{,:]+/.exec(info ?? "")?.[0]?.toLowerCase() ?? "";
}

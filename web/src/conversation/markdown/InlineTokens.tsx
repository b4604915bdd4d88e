/** Draws inline tokens as elements: emphasis, code, links, line breaks, formulas. */
import { createElement, Fragment, type ReactNode } from "react";
import { decodeEntities } from "./entities";
import { FormulaView } from "./FormulaView";
import { ImageLink, SafeLink } from "./SafeLink";
import { children, type MarkdownToken } from "./syntax";

/** Elements without attributes that are worth drawing when a reply writes them as HTML. */
const PLAIN_TAG = /^<(b|del|em|i|ins|kbd|mark|s|small|strong|sub|sup|u)>$/i;

export function InlineTokens({ tokens }: { tokens: readonly MarkdownToken[] }) {
  const drawn: ReactNode[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) continue;
    const element = token.type === "html" ? pairedElement(tokens, index) : null;
    if (element) {
      const inner = tokens.slice(index + 1, element.end);
      drawn.push(createElement(element.tag, { key: index }, <InlineTokens tokens={inner} />));
      index = element.end;
    } else {
      drawn.push(<Fragment key={index}>{drawInline(token)}</Fragment>);
    }
  }
  return drawn;
}

/** The element that an opening tag begins, when its closing tag follows among its siblings. */
function pairedElement(tokens: readonly MarkdownToken[], index: number): { tag: string; end: number } | null {
  const tag = PLAIN_TAG.exec(tokens[index]?.raw ?? "")?.[1]?.toLowerCase();
  if (tag === undefined) return null;
  const end = tokens.findIndex(
    (token, at) => at > index && token.type === "html" && token.raw.toLowerCase() === `</${tag}>`,
  );
  return end < 0 ? null : { tag, end };
}

function drawInline(token: MarkdownToken): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong>{inner(token.tokens)}</strong>;
    case "em":
      return <em>{inner(token.tokens)}</em>;
    case "del":
      return <del>{inner(token.tokens)}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <SafeLink address={token.href}>{inner(token.tokens)}</SafeLink>;
    case "image":
      return <ImageLink address={token.href} description={token.text} />;
    case "checkbox":
      return <input type="checkbox" checked={token.checked} disabled aria-label={token.raw.trim()} />;
    case "formula":
      return <FormulaView tex={token.text} display={token.display} />;
    case "escape":
      return token.text;
    case "html":
      return /^<br\s*\/?>$/i.test(token.raw) ? <br /> : token.raw;
    case "text":
      return token.tokens ? inner(token.tokens) : decodeEntities(token.text);
    default:
      return token.raw;
  }
}

function inner(tokens: Parameters<typeof children>[0]): ReactNode {
  return <InlineTokens tokens={children(tokens)} />;
}

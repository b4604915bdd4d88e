/** Reads Markdown within bounds of depth and time: a text made to hang or break the page is refused, not read. */
import { Lexer, type Token, Tokenizer, type Tokens, type TokensList } from "marked";
import { markdown } from "./syntax";

/** Quotes and lists inside one another, and emphasis inside emphasis; deeper ones are shown as they were written. */
const DEEPEST = 32;
/** Several of the lexer's rules are quadratic: beyond this the page would stand still noticeably. */
const LONGEST_MS = 50;
/**
 * UTF-16 units that the steps of one reading may look at, whatever the time: an ordinary text keeps its form
 * however slow or busy the machine is. About 0.1 s of the worst texts, and three times the densest real ones.
 */
const FREE_LOOKS = 10_000_000;
/** A step inside a paragraph tries more rules on what follows than a step from block to block. */
const INLINE_WEIGHT = 5;

/** Reading this text would take too long. */
export class TooCostly extends Error {}

/** Begins every step of the lexer, with one of these two rules: the place to look at the clock. */
class TimedTokenizer extends Tokenizer {
  readonly #started = performance.now();
  #looks = 0;

  override space(source: string): Tokens.Space | undefined {
    this.#look(source.length);
    return super.space(source);
  }

  override escape(source: string): Tokens.Escape | undefined {
    this.#look(source.length * INLINE_WEIGHT);
    return super.escape(source);
  }

  #look(units: number): void {
    this.#looks += units;
    if (this.#looks > FREE_LOOKS && performance.now() - this.#started > LONGEST_MS) throw new TooCostly();
  }
}

class BoundedLexer extends Lexer {
  #blockDepth = 0;
  #inlineDepth = 0;

  constructor() {
    super({ ...markdown.defaults, tokenizer: new TimedTokenizer() });
  }

  override blockTokens(source: string, tokens?: Token[], lastParagraphClipped?: boolean): Token[];
  override blockTokens(source: string, tokens?: TokensList, lastParagraphClipped?: boolean): TokensList;
  override blockTokens(source: string, tokens: Token[] = [], lastParagraphClipped = false): Token[] {
    if (this.#blockDepth >= DEEPEST) {
      this.state.top = true; // as every end of a run of blocks leaves it
      tokens.push({ type: "plain", raw: source, text: source });
      return tokens;
    }
    this.#blockDepth += 1;
    const read = super.blockTokens(source, tokens, lastParagraphClipped);
    this.#blockDepth -= 1;
    return read;
  }

  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if (this.#inlineDepth >= DEEPEST) {
      tokens.push({ type: "text", raw: source, text: source, escaped: false });
      return tokens;
    }
    this.#inlineDepth += 1;
    const read = super.inlineTokens(source, tokens);
    this.#inlineDepth -= 1;
    return read;
  }
}

/** Return the top-level blocks of `source`, their inline syntax not yet read. Throws TooCostly. */
export function blocksOf(source: string): Token[] {
  return new BoundedLexer().blockTokens(source);
}

/** Return the tokens of `source`, all of them read. Throws TooCostly. */
export function tokensOf(source: string): Token[] {
  return new BoundedLexer().lex(source);
}

/** Chooses what a screen reader hears of a growing answer: whole sentences, in order, each once. */

export interface Announcement {
  readonly text: string;
  /** UTF-16 position up to which everything has been said. */
  readonly upto: number;
}

/** Enough for some seconds of speech; the rest waits for the next turn. */
const LONGEST = 600;
/** A "sentence" longer than this is none: it is said in pieces, so that no text makes `plain` slow. */
const LONGEST_SENTENCE = 2_000;

/**
 * Return the finished sentences of `text` after `from`; with `finished` also an unfinished last one.
 *
 * Half-typed Markdown is not announced: a sentence ends at its full stop, a line at its break.
 */
export function nextAnnouncement(text: string, from: number, finished: boolean, locale: string): Announcement {
  const rest = text.slice(from);
  let upto = 0;
  for (const { segment, index } of sentences(rest, locale)) {
    const end = index + segment.length;
    const isWhole = finished || end < rest.length || /\n\s*$/.test(segment);
    if (!isWhole || (upto > 0 && end > LONGEST)) break;
    upto = Math.min(end, LONGEST_SENTENCE);
  }
  return { text: plain(rest.slice(0, upto)), upto: from + upto };
}

function sentences(text: string, locale: string): Intl.Segments {
  return new Intl.Segmenter(locale, { granularity: "sentence" }).segment(text);
}

/** Markdown without its signs, for the ear. */
export function plain(markdown: string): string {
  return markdown
    .replace(/^[ \t|:-]+$/gm, "")
    .replace(/^ {0,3}(?:#{1,6}|>|[-*+]|\d+\.)\s+/gm, "")
    .replace(/^ {0,3}(?:```|~~~).*$/gm, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[*_~`|]+/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

"""The piece of a text that shows why it was found, with what was found marked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from emergence.contracts.session.managing import ExcerptPiece
from emergence.session.threads.query_terms import WORD, Term, folded

LENGTH = 240  # characters: three lines of a list
LEAD = 60  # of them before the first hit
LOOKED_IN = 20_000  # reading every word of a page of texts of megabytes would take half a minute
ALIKE = 4  # letters that most forms of a word begin with

Stems = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    term: Term


def words_of(text: str, terms: Sequence[Term]) -> set[str]:
    """Return the words of a text that may be forms of a wanted one: stemming never changes the first letter."""
    initials = {folded(word)[:1] for term in terms for word in term.words}
    return {word for word in WORD.findall(text) if folded(word[:1])[:1] in initials}


def looked_in(text: str, terms: Sequence[Term]) -> str:
    """Return a text, or of a long one the part that begins where something like a wanted word comes first."""
    if len(text) <= LOOKED_IN:
        return text
    lowered = text.lower()
    places = (lowered.find(word[:ALIKE].lower()) for term in terms for word in term.words)
    start = max(0, min((place for place in places if place >= 0), default=0) - LEAD)
    return ("… " if start else "") + text[start : start + LOOKED_IN]


def excerpt_of(text: str, terms: Sequence[Term], stems: Stems) -> list[ExcerptPiece]:
    """Return the densest passage as pieces of plain text on one line; a text without a hit begins at its beginning."""
    spans = _spans(text, terms, stems)
    start = max(0, _best_start(spans) - LEAD) if len(text) > LENGTH else 0
    if start:
        start = text.find(" ", start, start + LEAD) + 1 or start
    end = min(len(text), start + LENGTH)
    if end < len(text):
        end = max(text.rfind(" ", start + LEAD, end), start + LEAD) if " " in text[start + LEAD : end] else end
    pieces = _cut(text, [span for span in spans if span.start >= start and span.end <= end], start, end)
    if start:
        pieces.insert(0, ExcerptPiece(text="… "))
    if end < len(text):
        pieces.append(ExcerptPiece(text=" …"))
    return pieces


def _best_start(spans: Sequence[_Span]) -> int:
    """Return where the passage with the most different terms begins, the first of equal ones."""
    best, best_start = 0, 0
    for place, first in enumerate(spans):
        seen = set()
        for span in spans[place : place + 50]:
            if span.end - first.start > LENGTH - LEAD:
                break
            seen.add(span.term)
        if len(seen) > best:
            best, best_start = len(seen), first.start
    return best_start


def _spans(text: str, terms: Sequence[Term], stems: Stems) -> list[_Span]:
    """Return where terms stand, in order, none within another; longer ones win."""
    wanted = sorted(terms, key=lambda term: -len(term.words))
    forms = {word: _forms(word, stems) for term in terms for word in term.words}
    found = list(WORD.finditer(text))
    known: dict[str, set[str]] = {}
    texts = [match.group() for match in found]
    for word in set(texts):
        known[word] = _forms(word, stems)
    spans, place = [], 0
    while place < len(found):
        for term in wanted:
            words = texts[place : place + len(term.words)]
            if len(words) == len(term.words) and all(
                forms[sought] & known[word] for sought, word in zip(term.words, words, strict=True)
            ):
                last = place + len(term.words) - 1
                spans.append(_Span(found[place].start(), found[last].end(), term))
                place = last
                break
        place += 1
    return spans


def _forms(word: str, stems: Stems) -> set[str]:
    bare = folded(word)
    return {bare, *(folded(stem) for stem in stems.get(word, ()))}


def _cut(text: str, spans: Sequence[_Span], start: int, end: int) -> list[ExcerptPiece]:
    pieces, at = [], start
    for span in spans:
        pieces.append((text[at : span.start], False))
        pieces.append((text[span.start : span.end], True))
        at = span.end
    pieces.append((text[at:end], False))
    return [ExcerptPiece(text=_on_one_line(piece), hit=hit) for piece, hit in pieces if piece]


def _on_one_line(text: str) -> str:
    words = " ".join(text.split())
    return f"{' ' if text[:1].isspace() else ''}{words}{' ' if words and text[-1:].isspace() else ''}"

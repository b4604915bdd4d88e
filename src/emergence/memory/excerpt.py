"""The part of a long text that says what is asked for: whole sentences, as they stand there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from emergence.memory.question.lexicon import stems_of
from emergence.memory.question.words import Language, folded
from emergence.memory.store.forms import AskedTerm

LONGEST = 800  # characters of a text that is shown whole
EXCERPT = 640
CUT = "…"
LANGUAGES: tuple[Language, ...] = ("en", "fr")

# A sentence with what ends it; one that goes on for long, as code and lists do, in pieces.
_SENTENCE = re.compile(r".{1,300}?(?:[.!?…]+[\"»”)\]]*(?=\s)|\n|$)|.{1,300}(?=\s)|.{1,300}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    places: frozenset[int]  # of the terms that stand in it


def excerpt_of(body: str, terms: Sequence[AskedTerm]) -> str:
    """Return a text of at most `LONGEST` characters as it is; of a longer one what holds most of the terms.

    Where none stands in it, as with a likeness in meaning, that is its beginning. What is left out at either end is
    marked. Takes some milliseconds for 20,000 characters.
    """
    if len(body) <= LONGEST:
        return body
    sentences = list(_sentences(body, terms))
    start, end = _best(list(_windows(sentences)))
    return f"{CUT if start else ''}{body[start:end].strip()}{CUT if end < len(body) else ''}"


def _sentences(body: str, terms: Sequence[AskedTerm]) -> Iterator[_Sentence]:
    wanted = [_beginning(term) for term in terms if term.forms]
    for found in _SENTENCE.finditer(body):
        plain = folded(found[0])
        places = frozenset(place for place, begins in enumerate(wanted) if begins.search(plain))
        yield _Sentence(found.start(), found.end(), places)


def _beginning(term: AskedTerm) -> re.Pattern[str]:
    """Return what finds a word that begins as one of the term's: a stranger more or less does no harm here."""
    stems = {stem for form in term.forms for language in LANGUAGES for stem in stems_of(form.word, language)}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(stems)))})")


@dataclass(frozen=True, slots=True)
class _Window:
    start: int
    end: int
    found: int


def _windows(sentences: Sequence[_Sentence]) -> Iterator[_Window]:
    """Yield, from each sentence on, as many as fit, and how many terms stand in them."""
    for first, begin in enumerate(sentences):
        places: set[int] = set()
        end = begin.start
        for sentence in sentences[first:]:
            if sentence.end - begin.start > EXCERPT:
                break
            places |= sentence.places
            end = sentence.end
        yield _Window(begin.start, end, len(places))


def _best(windows: Sequence[_Window]) -> tuple[int, int]:
    """Return the first that holds most; of several next to each other the middle one, with words on both sides."""
    most = max(window.found for window in windows)
    if not most:
        return windows[0].start, windows[0].end
    first = next(place for place, window in enumerate(windows) if window.found == most)
    run = list(takewhile(lambda window: window.found == most, windows[first:]))
    middle = run[len(run) // 2]
    return middle.start, middle.end

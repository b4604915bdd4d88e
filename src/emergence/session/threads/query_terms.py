"""What somebody who searches has typed: words, "phrases", `or`, and -what -"is not wanted"."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

TERMS_MAX = 32  # each costs the database a look into the index

# Punctuation parts words, as in the function `searchable` of the database: an address is a phrase.
WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_PIECE = re.compile(r'(?P<no>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss"})
_MARKS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or words that follow each other."""

    words: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """Alternatives, of each of which every term must be there; and what must not be there in any case."""

    alternatives: Sequence[Sequence[Term]]
    unwanted: Sequence[Term]

    @property
    def wanted(self) -> list[Term]:
        """Every term that may be found."""
        return [term for alternative in self.alternatives for term in alternative]


def folded(text: str) -> str:
    """Return text as it is compared: without accents and ligatures, in small letters."""
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text.translate(_LIGATURES)))
    return unicodedata.normalize("NFC", bare).lower()


def terms_of(query: str) -> QueryTerms:
    """Return what a query asks for; the terms after the first TERMS_MAX are ignored."""
    alternatives: list[list[Term]] = [[]]
    unwanted: list[Term] = []
    for piece in _PIECE.finditer(query):
        if not piece["no"] and piece["word"] and piece["word"].lower() == "or":
            alternatives.append([])
            continue
        words = tuple(WORD.findall(piece["phrase"] if piece["word"] is None else piece["word"]))
        if words and sum(map(len, alternatives)) + len(unwanted) < TERMS_MAX:
            (unwanted if piece["no"] else alternatives[-1]).append(Term(words))
    return QueryTerms([terms for terms in alternatives if terms], unwanted)

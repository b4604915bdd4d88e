"""What a pattern makes of a statement, before it has a source."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from emergence.contracts.memory.items import ItemKind
from emergence.memory.question.words import Language
from emergence.memory.store.concepts import NewConcept
from emergence.memory.store.keep_items import NewFact, NewPreference

# How much things count; what is said in so many words to be remembered counts most.
IDENTITY, HEALTH, DECIDED, FAMILY, LIKED, PLANNED, ASKED_FOR = 0.9, 0.95, 0.9, 0.8, 0.6, 0.6, 0.9
SELF = "user"


@dataclass(frozen=True, slots=True)
class Draft:
    """Something that was stated; `body` reads well in a list of what is known of somebody."""

    kind: ItemKind
    body: str
    importance: float
    happened_at: datetime | None = None
    fact: NewFact | None = None
    preference: NewPreference | None = None
    concepts: Sequence[NewConcept] = ()
    also: Sequence["Draft"] = ()  # what the same words say besides
    is_alone: bool = False  # it is meant for good only where the message says nothing else


Make = Callable[[re.Match[str], datetime], Draft | None]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a statement looks like, from the beginning of a clause on, and what it says; None: it says nothing."""

    looks: re.Pattern[str]
    make: Make


@dataclass(frozen=True, slots=True)
class Grammar:
    """A language: its patterns, where a clause may begin, and what before it, or anywhere, makes it no statement."""

    language: Language
    patterns: Sequence[Pattern]
    clause: re.Pattern[str]
    undone_before: re.Pattern[str]
    undone_anywhere: re.Pattern[str]
    remember: re.Pattern[str]


def pattern(looks: str, make: Make, *, any_case: bool = True) -> Pattern:
    """Return a pattern; `any_case=False` where capitals tell a name from a word."""
    return Pattern(re.compile(looks, re.IGNORECASE if any_case else 0), make)


def trimmed(words: str) -> str:
    """Return words without the blanks and marks around them."""
    return words.strip(" \t\x00.,;:!…")


def capitalised(words: str) -> str:
    """Return words as a line begins."""
    return words[:1].upper() + words[1:]


def drafts_of(grammar: Grammar, text: str, said_at: datetime) -> Iterator[Draft]:
    """Yield what a sentence states, by clause."""
    if grammar.undone_anywhere.search(text):
        return
    for clause in grammar.clause.finditer(text):
        start = clause.end()
        if grammar.undone_before.search(text[:start]):
            return
        for each in grammar.patterns:
            found = each.looks.match(text, start)
            draft = None if found is None or "\x00" in found[0] else each.make(found, said_at)
            if draft is not None:
                yield draft
                yield from draft.also
                break

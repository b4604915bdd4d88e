"""Which items say the same in nearly the same words: the one to keep, and those that join it."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.memory.question.words import STOP_WORDS, folded, words_of

ALIKE_IN_WORDS = 0.8  # shared words of all words (Jaccard)
ALIKE_IN_MEANING, LEAST_IN_WORDS = 0.95, 0.5  # likeness of vectors, where there are some: never by that alone
_COMMON = 50  # items: a word that more of them hold makes no pair
_NEGATIONS = frozenset(
    """
    not no never without neither nor don't doesn't isn't pas plus jamais sans ni aucun aucune ne n
    """.split()  # noqa: SIM905 - a list reads worse
)
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Likened:
    """An item as it is compared. `about` holds whatever must be the same: kind, trust, language, key, day."""

    id: UUID
    body: str
    about: tuple[object, ...]
    rank: tuple[bool, bool, int, float]  # pinned, written, sources, the older the better: the highest is kept
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Compared:
    item: Likened
    words: frozenset[str]
    exact: frozenset[str]  # numbers and negations: one more or less changes everything


def near_duplicates(
    items: Sequence[Likened], likeness: dict[frozenset[UUID], float] | None = None
) -> list[tuple[UUID, UUID]]:
    """Return pairs of an item and one that joins it; nothing joins what joins another."""
    compared = sorted((_compared(item) for item in items), key=lambda each: each.item.rank, reverse=True)
    by_word: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(compared):
        for word in each.words:
            by_word[word].append(place)
    joined: dict[int, int] = {}
    for place, each in enumerate(compared):
        if place in joined:
            continue
        beside = {other for word in each.words if len(by_word[word]) <= _COMMON for other in by_word[word]}
        for other in sorted(beside):
            if other > place and other not in joined and _same(each, compared[other], likeness or {}):
                joined[other] = place
    return [(compared[kept].item.id, compared[other].item.id) for other, kept in joined.items()]


def _compared(item: Likened) -> _Compared:
    words = frozenset(folded(word) for word in words_of(item.body))
    exact = frozenset(_NUMBER.findall(item.body)) | (words & _NEGATIONS)
    return _Compared(item, words - STOP_WORDS or words, exact)


def _same(one: _Compared, other: _Compared, likeness: dict[frozenset[UUID], float]) -> bool:
    if one.item.about != other.item.about or one.exact != other.exact:
        return False
    in_words = len(one.words & other.words) / len(one.words | other.words)
    in_meaning = likeness.get(frozenset((one.item.id, other.item.id)), 0.0)
    return in_words >= ALIKE_IN_WORDS or (in_meaning >= ALIKE_IN_MEANING and in_words >= LEAST_IN_WORDS)

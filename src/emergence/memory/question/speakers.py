"""Whom a question names: what they said is looked for, not turns in which they are called by name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from emergence.memory.question.words import STOP_WORDS, folded, words_of

_WORD = re.compile(r"[^\W_]+(?:['’]s\b)?")


@dataclass(frozen=True, slots=True)
class Called:
    """The speakers that a question names, by which words, and the question without those words."""

    speakers: tuple[str, ...]
    words: frozenset[str]
    rest: str


def speakers_called(question: str, speakers: Iterable[str]) -> Called:
    """Find a speaker by any word of their name; a question of names alone stays whole."""
    asked = {folded(word) for word in words_of(question)} - STOP_WORDS
    names = {speaker: asked & set(words_of(folded(speaker))) for speaker in speakers}
    called = tuple(speaker for speaker, words in names.items() if words)
    words = frozenset(word for found in names.values() for word in found)
    rest = _WORD.sub(lambda found: "" if set(words_of(folded(found[0]))) - {"s"} <= words else found[0], question)
    rest = " ".join(rest.split())
    return Called(called, words, rest if words_of(rest) else question)

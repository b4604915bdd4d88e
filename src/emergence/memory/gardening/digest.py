"""The few sentences that tell most of a thread, in the person's own words: nothing is written that was not said.

Sentences that hold the thread's frequent words tell most (SumBasic; Nenkova and Vanderwende 2005): a word counts by how
often it is said, and less once a chosen sentence holds it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from emergence.contracts.memory.items import Origin
from emergence.memory.harvest.harvest_turn import SaidTurn
from emergence.memory.question.words import STOP_WORDS, Language, folded, language_of, words_of
from emergence.memory.store.item_sources import Source

LEAST_TURNS, LEAST_CHARACTERS = 3, 300  # what is shorter is read as quickly as its digest
MOST_SENTENCES, MOST_CHARACTERS = 4, 500
_SHORTEST_WORDS = 3
_LONGEST_CHARACTERS = 240  # of one sentence
_LONGEST_TURN = 1_500  # what is longer was pasted
_SENTENCE = re.compile(r"[^.!?…\n]+(?:\.(?=\w)[^.!?…\n]+)*[.!?…]*")
_NOT_PROSE = re.compile(r"```.*?(?:```|\Z)|^[ \t]*[>|].*$|^(?: {4}|\t).*$|https?://\S+", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Digest:
    """What tells most, in the order in which it was said; each sentence is quoted from one turn, or a model's words."""

    body: str
    language: Language | None
    sources: Sequence[Source]
    origin: Origin = "said"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    quote: str
    words: frozenset[str]


def digest_of(turns: Sequence[SaidTurn]) -> Digest | None:
    """Return the digest of what a person said in a thread, oldest first; None where there is too little to make one."""
    if len(turns) < LEAST_TURNS or sum(len(turn.body) for turn in turns) < LEAST_CHARACTERS:
        return None
    sentences = [each for place, turn in enumerate(turns) for each in _sentences(place, turn.body)]
    chosen = sorted(_telling(sentences), key=lambda sentence: sentence.place)
    if not chosen:
        return None
    sources = [_source(turns[sentence.place], sentence.quote) for sentence in chosen]
    said = [word for sentence in chosen for word in words_of(sentence.quote)]
    return Digest(" ".join(sentence.quote for sentence in chosen), language_of(said), sources)


def _sentences(place: int, body: str) -> Iterator[_Sentence]:
    if len(body) > _LONGEST_TURN:
        return
    for found in _SENTENCE.finditer(_NOT_PROSE.sub("\n", body)):
        quote = found[0].strip()
        words = frozenset(folded(word) for word in words_of(quote)) - STOP_WORDS
        if len(words) >= _SHORTEST_WORDS and len(quote) <= _LONGEST_CHARACTERS:
            yield _Sentence(place, quote, words)


def _telling(sentences: Sequence[_Sentence]) -> list[_Sentence]:
    often = Counter(word for sentence in sentences for word in sentence.words)
    total = sum(often.values()) or 1
    weights = {word: count / total for word, count in often.items()}
    chosen: list[_Sentence] = []
    left, room = list(sentences), MOST_CHARACTERS
    while left and len(chosen) < MOST_SENTENCES:
        best = max(left, key=lambda each: (sum(weights[word] for word in each.words) / len(each.words), -each.place))
        if len(best.quote) <= room:
            chosen.append(best)
            room -= len(best.quote) + 1
        for word in best.words:
            weights[word] *= weights[word]
        left = [each for each in left if each is not best and (each.place != best.place or best not in chosen)]
    return chosen


def _source(turn: SaidTurn, quote: str) -> Source:
    return Source(turn.message_id, turn.thread_id, quote, turn.said_at)

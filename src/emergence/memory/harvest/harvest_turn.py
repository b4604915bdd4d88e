"""What a person's message states of them, as items to keep: each quotes the sentence that it was taken from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from emergence.memory.harvest.drafts import ASKED_FOR, Draft, Grammar, capitalised, drafts_of, trimmed
from emergence.memory.harvest.english import ENGLISH
from emergence.memory.harvest.french import FRENCH
from emergence.memory.harvest.own_words import Sentence, own_sentences
from emergence.memory.store.item_sources import Source
from emergence.memory.store.keep_items import NewItem

GRAMMARS: Sequence[Grammar] = (ENGLISH, FRENCH)
MOST_ITEMS = 12  # of one message: who says more is pasting
CONFIDENCE = 0.9  # measured: `emergence bench harvest`
_ABOUT_ONESELF = re.compile(
    r"\b(?:i|i'm|my|me|mine|we|our|us|je|j'|moi|mon|ma|mes|me|m'|nous|notre|nos|on)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SaidTurn:
    """What a person said themself, and where; whoever reads it keeps wishes out of what came `from_file`."""

    message_id: UUID
    thread_id: UUID
    said_at: datetime
    body: str
    from_file: bool = False


def harvest_turn(turn: SaidTurn) -> list[NewItem]:
    """Return what is stated, in the order in which it is; the same for the same turn, always."""
    found: dict[tuple[str, str], NewItem] = {}
    for sentence in own_sentences(turn.body):
        for grammar in GRAMMARS:
            for draft in _drafts(grammar, sentence, turn.said_at):
                found.setdefault((draft.kind, draft.body), _item(grammar, draft, sentence, turn))
    return list(found.values())[:MOST_ITEMS]


def _drafts(grammar: Grammar, sentence: Sentence, said_at: datetime) -> Iterator[Draft]:
    asked = grammar.remember.match(sentence.text)
    if asked is None:
        yield from drafts_of(grammar, sentence.text, said_at)
        return
    what = asked["what"]
    if asked["soft"] and _ABOUT_ONESELF.search(what) is None:
        return  # “Note that this function returns early.”
    plain = list(drafts_of(grammar, what, said_at))
    for draft in plain:
        yield replace(draft, importance=max(draft.importance, ASKED_FOR))
    if not plain and what.count(" ") >= 1:
        yield Draft("note", capitalised(trimmed(what)), ASKED_FOR)


def _item(grammar: Grammar, draft: Draft, sentence: Sentence, turn: SaidTurn) -> NewItem:
    return NewItem(
        kind=draft.kind,
        body=draft.body,
        language=grammar.language,
        importance=draft.importance,
        confidence=CONFIDENCE,
        origin="said",
        happened_at=draft.happened_at,
        sources=[Source(turn.message_id, turn.thread_id, sentence.quote, turn.said_at)],
        fact=draft.fact,
        preference=draft.preference,
        concepts=draft.concepts,
    )

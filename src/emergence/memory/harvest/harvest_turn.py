"""What a person's message states of them, as items to keep: each quotes the sentence that it was taken from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from emergence.contracts.memory.items import ItemKind
from emergence.memory.harvest.absolute_days import dated
from emergence.memory.harvest.drafts import ASKED_FOR, Draft, Grammar, drafts_of, trimmed
from emergence.memory.harvest.english import ENGLISH
from emergence.memory.harvest.french import FRENCH
from emergence.memory.harvest.own_words import Sentence, own_sentences
from emergence.memory.harvest.scopes import scoped
from emergence.memory.store.item_sources import Source
from emergence.memory.store.keep_items import DECIDED_BY_THE_PERSON, NewItem

GRAMMARS: Sequence[Grammar] = (ENGLISH, FRENCH)
MOST_ITEMS = 12  # of one message: who says more is pasting
CONFIDENCE = 0.9  # measured: `emergence bench harvest`
_ABOUT_ONESELF = re.compile(
    r"\b(?:i|i'm|my|me|mine|we|our|us|je|j'|moi|mon|ma|mes|me|m'|nous|notre|nos|on)\b", re.IGNORECASE
)
# Who begins like this takes back what they said before, and means what follows.
_TAKES_BACK = re.compile(
    r"(?:(?:no|non|ha(?:ha)*|lol|ok|sorry|pardon)[,!.]?\s+)*(?:(?:i'm |i was )?(?:just )?(?:kidding|joking)|jk|"
    r"scratch that|je (?:rigole|plaisante|blague|déconne)|c'est une blague)\b"
    r"[\s,.:!;–—-]*(?:(?:actually|really|en fait|en vrai)[\s,]+)?",
    re.IGNORECASE,
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
    """Return what is stated, in the order in which it is; the same for the same turn, always.

    A file may hold anybody's words: nothing of it becomes a wish.
    """
    found: dict[tuple[str, str], NewItem] = {}
    before = len(found)
    for sentence in own_sentences(turn.body):
        if (taken_back := _TAKES_BACK.match(sentence.text)) is not None:
            found = dict(list(found.items())[:before])
            sentence = replace(sentence, text=sentence.text[taken_back.end() :])
        before = len(found)
        for grammar in GRAMMARS:
            for draft in _drafts(grammar, sentence, turn.said_at):
                if draft.is_alone and trimmed(sentence.quote) != trimmed(turn.body):
                    continue
                if turn.from_file and draft.kind in DECIDED_BY_THE_PERSON:
                    continue
                found.setdefault((draft.kind, draft.body), _item(grammar, draft, sentence, turn))
    return list(found.values())[:MOST_ITEMS]


def _drafts(grammar: Grammar, sentence: Sentence, said_at: datetime) -> Iterator[Draft]:
    for draft in _stated(grammar, sentence, said_at):
        yield scoped(draft, sentence.text, grammar.language)


def _stated(grammar: Grammar, sentence: Sentence, said_at: datetime) -> Iterator[Draft]:
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
        told = dated(trimmed(what), said_at, grammar.language)
        kind: ItemKind = "note" if told.day is None else "event"
        yield Draft(kind, told.words, ASKED_FOR, happened_at=told.day)


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

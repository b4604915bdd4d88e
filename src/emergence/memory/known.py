"""What memory knows that an agent should: who the person is and what they want, what fits, and one hint."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from emergence.contracts.memory.items import MemoryChoices
from emergence.contracts.memory.recall import RecallReason, RecallRequest
from emergence.contracts.memory.recollection import KnownText
from emergence.kernel.storage.database import Transaction
from emergence.memory.excerpt import excerpt_of
from emergence.memory.parts import Memory
from emergence.memory.question.words import folded, words_of
from emergence.memory.recall import DEVIATION_WEIGHT, Understood, tokens_of
from emergence.memory.store.choices import read_choices
from emergence.memory.store.edited_sources import edited_since
from emergence.memory.store.hints import HintedItem, hint_for
from emergence.memory.store.profile import ProfileItem, last_said, profile_of
from emergence.memory.store.recall_items import RankedItem, knows_anything, ranked_items
from emergence.memory.store.relations import relatives_called

ITEMS_SHARE = 2  # items take at most half of what an agent is shown, turns the rest
PROFILE_SHARE = 3  # and the profile at most a third
FITTING_MAX = 6
# A fact fits that holds much of the question, or some of it and is like it: no neighbours lend it weight.
LEAST_SHARE, LEAST_FIT = 0.4, 0.6
LEAST_DEVIATIONS = 3.0  # by likeness alone, among enough of them that this says something
MANY_ITEMS = 20


@dataclass(frozen=True, slots=True)
class Personal:
    """What is read of a person whatever they ask."""

    choices: MemoryChoices
    profile: Sequence[ProfileItem] = ()
    has_items: bool = False


async def read_personal(memory: Memory, asked: RecallRequest) -> Personal:
    """Return what this person chose, and their profile. Raises DatabaseUnavailable."""
    async with memory.rows.of(asked.user_id) as tx:
        choices = await read_choices(tx, asked.user_id)
        if not choices.remembers or not await knows_anything(tx, asked.user_id):
            return Personal(choices)
        return Personal(choices, await profile_of(tx, asked.user_id, agent=asked.agent), has_items=True)


async def known_for(
    memory: Memory, asked: RecallRequest, personal: Personal, understood: Understood, now: datetime
) -> list[KnownText]:
    """Return the profile, what fits the question, and a hint where hints are wanted. Raises DatabaseUnavailable."""
    if not personal.has_items:
        return []
    profile = list(_within([_always(each) for each in personal.profile], asked.token_budget // PROFILE_SHARE))
    room = asked.token_budget // ITEMS_SHARE - sum(tokens_of(each.text) for each in profile)
    async with memory.rows.of(asked.user_id) as tx:
        ranked = await ranked_items(
            tx,
            asked.user_id,
            understood.terms,
            understood.likeness,
            shown=[each.item for each in profile],
            here=asked.exclude_thread,
            limit=FITTING_MAX,
        )
        fitting = list(_within([_fitting(each) for each in ranked if fits(each)], room))
        known = [*profile, *fitting]
        room -= sum(tokens_of(each.text) for each in fitting)
        hint = await _hint(tx, asked, known, now) if asked.hints and personal.choices.hints else None
        known += _within([hint] if hint else [], room)
        ids = [each.item for each in known]
        said, edited = await last_said(tx, asked.user_id, ids), await edited_since(tx, asked.user_id, ids)
    return [each.model_copy(update={"said_at": said.get(each.item), "since": edited.get(each.item)}) for each in known]


async def _hint(tx: Transaction, asked: RecallRequest, known: Sequence[KnownText], now: datetime) -> KnownText | None:
    words = words_of(folded(asked.query))
    hint = await hint_for(
        tx,
        asked.user_id,
        " ".join(words),
        told=f"{asked.query} {' '.join(relatives_called(words))}",
        today=now.replace(hour=0, minute=0, second=0, microsecond=0),
        now=now,
        shown=[each.item for each in known],
        here=asked.exclude_thread,
    )
    return None if hint is None else _hinted(hint)


def fits(item: RankedItem) -> bool:
    """Return whether an item holds enough of a question, or is enough like it."""
    if item.deviations is None:
        return item.share >= LEAST_SHARE
    by_likeness = min(1.0, item.among / MANY_ITEMS) * item.deviations
    return item.share + DEVIATION_WEIGHT * by_likeness >= LEAST_FIT or by_likeness >= LEAST_DEVIATIONS


def _within(items: Sequence[KnownText], token_budget: int) -> Iterator[KnownText]:
    for item in items:
        if (tokens := tokens_of(item.text)) <= token_budget:
            token_budget -= tokens
            yield item


def _always(item: ProfileItem) -> KnownText:
    return _text(item, RecallReason(always=item.always))


def _fitting(item: RankedItem) -> KnownText:
    words = [term.shown for term in item.found if not term.spans]
    dates = [term.shown for term in item.found if term.spans]
    return _text(item, RecallReason(words=words, dates=dates, meaning=not (words or dates)))


def _hinted(item: HintedItem) -> KnownText:
    return _text(item, RecallReason(hint=item.reason, words=[item.concept] if item.concept else []))


def _text(item: ProfileItem | RankedItem | HintedItem, why: RecallReason) -> KnownText:
    return KnownText(
        item=item.id,
        kind=item.kind,
        why=why,
        text=excerpt_of(item.body, item.found if isinstance(item, RankedItem) else ()),
        origin=item.origin,
        happened_at=item.happened_at,
    )

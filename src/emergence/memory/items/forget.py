"""Forget for good: what memory made, what was said, and whatever else would tell of it."""

from collections.abc import Sequence
from uuid import UUID

from emergence.contracts.memory.items import FORGOTTEN_AT_ONCE as MOST
from emergence.contracts.memory.items import Forget, ForgetPreview, Forgotten
from emergence.contracts.memory.problems import UnknownItem, UnknownTurn
from emergence.kernel.storage.database import Transaction
from emergence.memory import figures
from emergence.memory.parts import Memory
from emergence.memory.recall import understand
from emergence.memory.store import forget_items, holding, items, turns
from emergence.memory.store.edited_turns import former_wordings
from emergence.memory.store.locks import hold_items
from emergence.memory.store.tombstones import bury


async def forget_turn(memory: Memory, user_id: UUID, message_id: UUID) -> None:
    """Forget something that was said. Raises UnknownTurn, also the second time; DatabaseUnavailable."""
    if (await forget(memory, user_id, Forget(turns=[message_id]))).turns == 0:
        raise UnknownTurn()


async def forget_item(memory: Memory, user_id: UUID, item_id: UUID) -> None:
    """Forget an item. Raises UnknownItem, also the second time; DatabaseUnavailable."""
    if (await forget(memory, user_id, Forget(items=[item_id]))).items == 0:
        raise UnknownItem()


async def forget(memory: Memory, user_id: UUID, what: Forget) -> Forgotten:
    """Remove items and turns of this person, and keep them from coming back; what is gone already is passed over.

    With an item go its former versions, the turns that it was taken from, what agents said that repeats it, and
    summaries; other items that were taken from the same turns stay, without its words. With a turn goes what was made
    of it alone, what the person had put into other words by it, and what agents had answered to that. What the person
    keeps stays all the same, but for summaries.

    Raises DatabaseUnavailable.
    """
    kept, kept_turns = set(what.kept_items), set(what.kept_turns)
    async with memory.rows.of(user_id) as tx:
        await hold_items(tx, user_id)
        kept -= set(await forget_items.summaries_among(tx, user_id, list(kept)))
        going = [item for item in await _with_former(tx, user_id, what.items) if item not in kept]
        quoted = await forget_items.messages_quoted_by(tx, user_id, going)
        quoted += await forget_items.answers_repeating(tx, user_id, going)
        named = [turn for turn in what.turns if turn not in kept_turns]
        former = await former_wordings(tx, user_id, [*(turn for turn in quoted if turn not in kept_turns), *named])
        former = [turn for turn in former if turn not in kept_turns]
        words = [turn for turn in (*quoted, *former, *named) if turn not in kept_turns]
        await forget_items.redact_quotes_holding(tx, user_id, going)
        made = await forget_items.drop_quotes_of(tx, user_id, [*named, *former], kept)
        summaries = await forget_items.summaries_citing(tx, user_id, [*going, *made])
        gone = {*going, *made, *summaries}
        texts = await forget_items.delete_items(tx, user_id, list(gone))
        said = await turns.delete_words_of(tx, user_id, words)
        await forget_items.forget_uses_of(tx, user_id, words)
        at = memory.clock.now()
        await bury(tx, user_id, words, "turn", at)
        await bury(tx, user_id, list(gone), "item", at)
        await memory.forgotten_words.bury(tx, user_id, [*texts, *said], at)
    figures.forgotten.labels("item").inc(len(texts))
    figures.forgotten.labels("turn").inc(len(said))
    return Forgotten(items=len(texts), turns=len(said))


async def _with_former(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    there = [item.id for item in await items.items_named(tx, user_id, ids)]
    return [*there, *await items.former_ids(tx, user_id, there, joined=True)]


async def preview_forgetting(memory: Memory, user_id: UUID, about: str) -> ForgetPreview:
    """Return what holds all telling words of a subject, in either language, and what says nothing else.

    Raises DatabaseUnavailable.
    """
    asked = await understand(memory, user_id, about, memory.clock.now(), vector_within_s=0)
    async with memory.rows.of(user_id) as tx:
        said = await holding.turns_holding(tx, user_id, asked.terms, MOST + 1)
        made = await holding.items_holding(tx, user_id, asked.terms, said[:MOST], MOST + 1)
        shown = await items.items_named(tx, user_id, made[:MOST])
        return ForgetPreview(
            items=shown,
            turns=await turns.read_turns(tx, user_id, said[:MOST]),
            is_cut=len(said) > MOST or len(made) > MOST,
        )

"""Look at what is remembered: page by page, one item with its history, and how much there is."""

from collections.abc import Sequence
from uuid import UUID

from emergence.contracts.memory.items import Item, ItemHistory, ItemKind, ItemState, MemoryChoices, MemoryState
from emergence.contracts.memory.problems import UnknownItem
from emergence.contracts.memory.turns import AskedTurn
from emergence.kernel.storage.database import Transaction
from emergence.memory.parts import Memory
from emergence.memory.store import items, turns
from emergence.memory.store.choices import read_choices, write_choices
from emergence.memory.store.edited_sources import with_edits
from emergence.memory.store.items import ItemPosition
from emergence.memory.store.outdated import news_of
from emergence.memory.store.vectors import answering_model, count_pending_of


async def list_items(
    memory: Memory,
    user_id: UUID,
    *,
    kind: ItemKind | None,
    state: ItemState,
    after: ItemPosition | None,
    limit: int,
) -> tuple[list[Item], ItemPosition | None]:
    """Return a page of items and where it ends, None when nothing follows. Raises DatabaseUnavailable."""
    async with memory.rows.of(user_id) as tx:
        found = await items.read_items(tx, user_id, kind=kind, state=state, after=after, limit=limit + 1)
        page = await with_edits(tx, user_id, found[:limit])
    is_last = len(found) <= limit
    return page, None if is_last else ItemPosition(page[-1].pinned, page[-1].recorded_at, page[-1].id)


async def one_item(tx: Transaction, user_id: UUID, item_id: UUID) -> Item:
    """Return an item. Raises UnknownItem."""
    found = await items.items_named(tx, user_id, [item_id])
    if not found:
        raise UnknownItem()
    [item] = await with_edits(tx, user_id, found)
    return item


async def item_history(memory: Memory, user_id: UUID, item_id: UUID) -> ItemHistory:
    """Return an item with its sources, former versions, links, and the answers it was used in. Raises UnknownItem."""
    async with memory.rows.of(user_id) as tx:
        item = await one_item(tx, user_id, item_id)
        former = await items.former_ids(tx, user_id, [item_id])
        return ItemHistory(
            item=item,
            versions=await items.items_named(tx, user_id, former),
            links=await items.links_of(tx, user_id, item_id),
            used_in=await items.uses_of(tx, user_id, item_id),
        )


async def asked_turns(memory: Memory, user_id: UUID, ids: Sequence[UUID]) -> list[AskedTurn]:
    """Return those of the turns that are still kept, with what is so since. Raises DatabaseUnavailable."""
    async with memory.rows.of(user_id) as tx:
        return await turns_with_news(tx, user_id, ids)


async def turns_with_news(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[AskedTurn]:
    """Return those of the turns that are still kept, with what is so since."""
    kept = await turns.read_turns(tx, user_id, ids)
    news = await news_of(tx, user_id, [turn.message for turn in kept])
    return [AskedTurn(**turn.model_dump(), since=[each.told() for each in news.get(turn.message, [])]) for turn in kept]


async def memory_state(memory: Memory, user_id: UUID) -> MemoryState:
    """Return how much is kept of a person, and what they chose. Raises DatabaseUnavailable."""
    async with memory.rows.of(user_id) as tx:
        model = await answering_model(tx, user_id) or memory.embedders.wanted
        return MemoryState(
            choices=await read_choices(tx, user_id),
            turns=await turns.count_turns(tx, user_id),
            items=await items.count_active(tx, user_id),
            pending_vectors=await count_pending_of(tx, user_id),
            finds_by_meaning=memory.embedders.named(model) is not None,
        )


async def choose(memory: Memory, user_id: UUID, choices: MemoryChoices) -> MemoryState:
    """Keep what a person chose about their memory. Idempotent. Raises DatabaseUnavailable."""
    async with memory.rows.of(user_id) as tx:
        await write_choices(tx, user_id, choices, memory.clock.now())
    return await memory_state(memory, user_id)

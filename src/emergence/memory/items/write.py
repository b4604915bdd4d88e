"""Write into memory by hand, correct what is there, and pin it."""

from uuid import UUID

from emergence.contracts.memory.items import ChangeItem, Item, WriteItem
from emergence.contracts.memory.problems import ItemSuperseded, UnknownItem
from emergence.kernel.storage.database import Transaction
from emergence.memory.items.look import one_item
from emergence.memory.parts import Memory
from emergence.memory.store.edit_items import add_version, pin
from emergence.memory.store.keep_items import NewItem, keep_item
from emergence.memory.store.locks import hold_items
from emergence.memory.store.vectors import note_person

IMPORTANCE = 0.7  # what somebody takes the trouble to write down


async def write_item(memory: Memory, user_id: UUID, written: WriteItem) -> Item:
    """Keep what the person wrote; what was there in the same words is theirs from now on. Raises DatabaseUnavailable.

    What they had forgotten and write again is remembered again.
    """
    new = NewItem(written.kind, written.text, "", IMPORTANCE, 1.0, "written")
    async with memory.rows.of(user_id) as tx:
        await hold_items(tx, user_id)
        await note_person(tx, user_id, memory.embedders.wanted)
        await memory.forgotten_words.unbury(tx, user_id, written.text)
        kept = await keep_item(tx, memory.forgotten_words, user_id, new, memory.clock.now())
        if kept.id is None:
            raise UnknownItem()  # what is written needs nothing that could be missing
        return await one_item(tx, user_id, kept.id)


async def change_item(memory: Memory, user_id: UUID, item_id: UUID, change: ChangeItem) -> Item:
    """Correct an item, which makes a new version, or pin it; return what stands there now.

    Raises UnknownItem, ItemSuperseded, DatabaseUnavailable.
    """
    async with memory.rows.of(user_id) as tx:
        await hold_items(tx, user_id)
        await note_person(tx, user_id, memory.embedders.wanted)
        item = await one_item(tx, user_id, item_id)
        if item.state == "superseded":
            raise ItemSuperseded()
        now = await _corrected(memory, tx, user_id, item, change.text)
        if change.pinned is not None:
            await pin(tx, user_id, now, pinned=change.pinned)
        return await one_item(tx, user_id, now)


async def _corrected(memory: Memory, tx: Transaction, user_id: UUID, item: Item, text: str | None) -> UUID:
    if text is None or text == item.text:
        return item.id
    await memory.forgotten_words.unbury(tx, user_id, text)
    return await add_version(tx, user_id, item.id, text, memory.clock.now())

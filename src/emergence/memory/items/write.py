"""Write into memory by hand, correct what is there, and pin it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from emergence.contracts.memory.items import ChangeItem, Item, WriteItem
from emergence.contracts.memory.problems import ItemSuperseded, TooManyItems, UnknownItem
from emergence.kernel.storage.database import Transaction
from emergence.memory.harvest.drafts import Draft
from emergence.memory.harvest.read_written import read_written, written_preference
from emergence.memory.items.look import one_item
from emergence.memory.parts import Memory
from emergence.memory.question.words import language_of, words_of
from emergence.memory.store.edit_items import Correction, add_version, pin, scope_of
from emergence.memory.store.keep_items import DECIDED_BY_THE_PERSON, NewItem, is_full, keep_item
from emergence.memory.store.locks import hold_items
from emergence.memory.store.profile import EVERYWHERE
from emergence.memory.store.vectors import note_person

IMPORTANCE = 0.7  # what somebody takes the trouble to write down


async def write_item(memory: Memory, user_id: UUID, written: WriteItem) -> Item:
    """Keep what the person wrote; what was there in the same words is theirs from now on. Raises DatabaseUnavailable.

    What they had forgotten and write again is remembered again. Raises TooManyItems.
    """
    new = _read_new(written, memory.clock.now())
    async with memory.rows.of(user_id) as tx:
        await hold_items(tx, user_id)
        await note_person(tx, user_id, memory.embedders.wanted)
        await memory.forgotten_words.unbury(tx, user_id, written.text)
        kept = await keep_item(tx, memory.forgotten_words, user_id, new, memory.clock.now())
        if kept.outcome == "full":
            raise TooManyItems()
        if kept.id is None:
            raise UnknownItem()  # what is written needs nothing that could be missing
        return await one_item(tx, user_id, kept.id)


async def change_item(memory: Memory, user_id: UUID, item_id: UUID, change: ChangeItem) -> Item:
    """Correct an item, which makes a new version, or pin it; return what stands there now.

    Raises UnknownItem, ItemSuperseded, TooManyItems, DatabaseUnavailable.
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
    if await is_full(tx, user_id):
        raise TooManyItems()
    await memory.forgotten_words.unbury(tx, user_id, text)
    now = memory.clock.now()
    return await add_version(tx, user_id, item.id, await _read(tx, user_id, item, text, now), now)


def _read_new(written: WriteItem, now: datetime) -> NewItem:
    read, language = _reading(written.text, now)
    is_wish = written.kind in DECIDED_BY_THE_PERSON
    if read is not None and written.kind in ("fact", "preference") and _is_end(read):
        return NewItem(
            kind="event",
            body=written.text,
            language=language,
            importance=IMPORTANCE,
            confidence=1.0,
            origin="written",
            happened_at=read.happened_at,
            fact=read.fact,
            preference=read.preference,
            concepts=read.concepts,
        )
    return NewItem(
        kind=written.kind,
        body=written.text,
        language=language,
        importance=IMPORTANCE,
        confidence=1.0,
        origin="written",
        fact=read.fact if read is not None and written.kind == "fact" else None,
        preference=written_preference(written.text, read, EVERYWHERE) if is_wish else None,
        concepts=read.concepts if read is not None else (),
    )


def _is_end(read: Draft) -> bool:
    return read.kind == "event" and (read.fact is not None or read.preference is not None)


def _reading(text: str, now: datetime) -> tuple[Draft | None, Literal["", "en", "fr"]]:
    return read_written(text, now) or (None, language_of(words_of(text)) or "")


async def _read(tx: Transaction, user_id: UUID, item: Item, text: str, now: datetime) -> Correction:
    read, language = _reading(text, now)
    scope = await scope_of(tx, user_id, item.id)
    is_wish = item.kind in DECIDED_BY_THE_PERSON and (scope is not None or item.kind == "preference")
    wish = written_preference(text, read, scope or EVERYWHERE) if is_wish else None
    return Correction(text, language, read.fact if read else None, wish)

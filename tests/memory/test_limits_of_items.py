"""A person writes into memory at a pace, and up to so much; what is said meanwhile is remembered as turns alone."""

from uuid import uuid4

import pytest

from emergence.contracts.memory.items import ChangeItem, WriteItem
from emergence.contracts.memory.problems import TooManyItems, TooManyWrites
from emergence.kernel.ids import new_id
from emergence.memory.items.forget import forget_item
from emergence.memory.items.write import change_item, write_item
from emergence.memory.items.write_pace import WRITES_PER_MINUTE, WritePace
from emergence.memory.parts import Memory
from emergence.memory.store.keep_items import ITEMS_MAX, NewItem, keep_item
from tests.frozen_clock import FrozenClock
from tests.memory.items_at import ITEMS, call, write
from tests.memory.said_turns import THEN
from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person


async def test_who_writes_too_fast_is_told_to_wait_and_others_are_not(
    served: ServedMemory, ada: Person, bob: Person
) -> None:
    pace = served.parts.write_pace
    pace.__init__(FrozenClock())  # type: ignore[misc] # nothing is refilled while a busy machine answers
    for _ in range(WRITES_PER_MINUTE):
        pace.admit(ada.user_id)

    refused = await call(served, ada, "POST", ITEMS, {"kind": "note", "text": "Figs."}, status=429)
    changed = await call(served, ada, "PATCH", f"{ITEMS}/{uuid4()}", {"pinned": True}, status=429)

    assert refused["code"] == changed["code"] == "too_many_writes"
    await write(served, bob, "Figs.")


def test_the_pace_is_one_a_second_after_so_many_at_once() -> None:
    clock = FrozenClock()
    pace, person = WritePace(clock), uuid4()
    for _ in range(WRITES_PER_MINUTE):
        pace.admit(person)

    with pytest.raises(TooManyWrites) as refused:
        pace.admit(person)

    assert refused.value.headers == {"Retry-After": "1"}


async def test_what_does_not_fit_is_refused_until_something_is_forgotten(memory: Memory, ada: Person) -> None:
    first = (await write_item(memory, ada.user_id, WriteItem(text="Figs are green."))).id
    await fill(memory, ada)

    with pytest.raises(TooManyItems):
        await write_item(memory, ada.user_id, WriteItem(text="Dates are brown."))
    with pytest.raises(TooManyItems):
        await change_item(memory, ada.user_id, first, ChangeItem(text="Figs are blue."))
    async with memory.rows.of(ada.user_id) as tx:
        item = NewItem("note", "Dates are brown.", "en", 0.5, 1.0, "written")
        kept = await keep_item(tx, memory.forgotten_words, ada.user_id, item, THEN)
    await change_item(memory, ada.user_id, first, ChangeItem(pinned=True))
    await forget_item(memory, ada.user_id, first)

    assert (kept.id, kept.outcome) == (None, "full")
    assert (await write_item(memory, ada.user_id, WriteItem(text="Dates are brown."))).text == "Dates are brown."


async def fill(memory: Memory, person: Person) -> None:
    ids = [new_id() for _ in range(ITEMS_MAX - 1)]
    async with memory.rows.of(person.user_id) as tx:
        await tx.execute(
            """
            INSERT INTO items (user_id, id, kind, body, language, terms, importance, confidence, origin, recorded_at)
            SELECT $1, id, 'note', id::text, '', '', 0.5, 1, 'written', now() FROM unnest($2::uuid[]) AS id
            """,
            person.user_id,
            ids,
        )

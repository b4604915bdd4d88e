"""A hint adds something: never what the message says itself, and not again because its item reads otherwise now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from emergence.contracts.memory.items import ChangeItem, WriteItem
from emergence.contracts.memory.recollection import KnownText, Used
from emergence.memory.items.write import change_item, write_item
from emergence.memory.parts import Memory
from tests.frozen_clock import FrozenClock
from tests.memory.kept_items import know
from tests.memory.served_memory import ServedMemory
from tests.memory.test_known import note, told
from tests.session.neighbours import Person

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
AFRAID = "My brother Anselm is afraid of heights."
LONG = "Write a long and cheerful card with many jokes and some drawings for the party next Friday evening"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def memory(served: ServedMemory, clock: FrozenClock) -> Memory:
    return replace(served.parts, clock=clock)


async def written(memory: Memory, person: Person, text: str) -> UUID:
    return (await write_item(memory, person.user_id, WriteItem(kind="fact", text=text))).id


async def hinted(memory: Memory, person: Person, query: str) -> list[KnownText]:
    return [item for item in (await told(memory, person, query)).items if item.why.hint]


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("Brother: Anselm", "My brother Anselm turns forty."),
        ("Brother: Anselm", "Mon frère Anselm a quarante ans."),
        ("Frère : Anselm", "My brother’s name is Anselm!"),
    ],
)
async def test_what_was_just_said_is_no_hint(memory: Memory, ada: Person, kept: str, said: str) -> None:
    await know(memory, ada, kept, importance=0.8, about=["Anselm"])
    assert [each.why.hint for each in await hinted(memory, ada, f"{LONG} for Anselm")] == ["related"]

    assert await hinted(memory, ada, f"{LONG}. {said}") == []


async def test_what_adds_something_is_one_although_the_rest_was_just_said(memory: Memory, ada: Person) -> None:
    await know(memory, ada, "Brother: Anselm", importance=0.8, about=["Anselm"])
    afraid = await written(memory, ada, AFRAID)

    (hint,) = await hinted(memory, ada, f"{LONG}. My brother Anselm turns forty.")

    assert (hint.item, hint.why.hint, hint.why.words) == (afraid, "related", ["Anselm"])
    assert await hinted(memory, ada, f"{LONG}, my brother Anselm is afraid of any height") == []
    assert await hinted(memory, ada, LONG) == []


async def test_what_was_written_of_somebody_is_one_whoever_named_them_first(memory: Memory, ada: Person) -> None:
    nuts = await written(memory, ada, "Karim cannot eat nuts")
    await written(memory, ada, "I will plant a fig tree")
    assert await hinted(memory, ada, f"{LONG} of Karim") == [], "nobody knows yet who that is"
    await know(memory, ada, "Friend: Karim", about=["Karim"])
    await know(memory, ada, "Friend: Will", about=["Will"])

    assert [hint.item for hint in await hinted(memory, ada, f"{LONG} of Karim")] == [nuts]
    assert await hinted(memory, ada, f"{LONG}, it will be late") == [], "a small word names nobody"


async def test_a_changed_item_is_brought_up_no_earlier_than_the_former_one(
    memory: Memory, ada: Person, clock: FrozenClock
) -> None:
    item = await written(memory, ada, AFRAID)
    (hint,) = await hinted(memory, ada, f"{LONG} for Anselm")
    await note(memory, ada, Used(id=item, why=hint.why))

    for text in ("My brother Anselm is afraid of ladders.", "My brother Anselm is afraid of towers."):
        clock.advance(timedelta(days=6))
        item = (await change_item(memory, ada.user_id, item, ChangeItem(text=text))).id
        assert await hinted(memory, ada, f"{LONG} for Anselm") == []
    clock.advance(timedelta(days=2, hours=1))

    assert [each.item for each in await hinted(memory, ada, f"{LONG} for Anselm")] == [item]

"""Of what a preview shows goes what was chosen, and what was kept stays, whatever belongs together."""

from itertools import product
from uuid import UUID

import pytest

from emergence.contracts.memory.items import Forget
from emergence.memory.gardening.tend_thread import tend_thread
from emergence.memory.items.forget import forget, preview_forgetting
from emergence.memory.parts import Memory
from emergence.memory.store import consolidations
from tests.memory.said_turns import Line, keep
from tests.session.neighbours import Person

SAID: list[Line | str] = [
    "My sister Odile lives in Brest and I'm allergic to nuts.",
    Line("Odile lives in Brest, how nice.", "anima"),
    "I work at Acme.",
]


async def consolidate(memory: Memory, person: Person, thread: UUID) -> None:
    """Make items of what was said, as when a conversation fell idle."""
    async with memory.database.transaction() as tx:
        await consolidations.note_thread(tx, person.user_id, thread, memory.clock.now())
    due = await consolidations.due(memory.database, memory.clock.now(), 1_000)
    await tend_thread(memory, next(each for each in due if each.thread_id == thread))


async def rows(memory: Memory, person: Person, column: str, table: str) -> set[object]:
    async with memory.rows.of(person.user_id) as tx:
        return {row[0] for row in await tx.fetch(f"SELECT {column} FROM {table}")}


@pytest.mark.parametrize("about", ["Odile", "nuts", "Brest"])
async def test_every_choice_of_a_preview_is_what_happens(memory: Memory, about: str) -> None:
    for choice in product((True, False), repeat=4):
        person = Person()
        thread = await keep(memory, person, SAID)
        await consolidate(memory, person, thread)
        all_items = await rows(memory, person, "id", "items")
        preview = await preview_forgetting(memory, person.user_id, about)
        shown = [*(item.id for item in preview.items), *(turn.message for turn in preview.turns)]
        ticked = {each for each, goes in zip(shown, choice, strict=False) if goes}
        if not ticked:
            continue
        kept = set(shown) - ticked
        items, turns = {item.id for item in preview.items}, {turn.message for turn in preview.turns}
        what = Forget(
            items=list(ticked & items), turns=list(ticked & turns),
            kept_items=list(kept & items), kept_turns=list(kept & turns),
        )  # fmt: skip

        gone = await forget(memory, person.user_id, what)

        left_items = await rows(memory, person, "id", "items")
        left_turns = await rows(memory, person, "message_id", "turns")
        assert not (left_items | left_turns) & ticked
        assert kept <= left_items | left_turns
        assert all_items - items <= left_items, "what was not shown stays"
        assert gone.items == len(all_items) - len(left_items)
        await consolidate(memory, person, thread)
        assert not await rows(memory, person, "id", "items") & ticked
        assert kept & items <= await rows(memory, person, "id", "items")


async def test_what_is_kept_quotes_no_more_what_is_forgotten(memory: Memory, ada: Person) -> None:
    thread = await keep(memory, ada, ["I have asthma and I'm allergic to nuts."])
    await consolidate(memory, ada, thread)
    preview = await preview_forgetting(memory, ada.user_id, "asthma")
    asthma = [item.id for item in preview.items if "asthma" in item.text]
    nuts = [item.id for item in preview.items if "nuts" in item.text]
    (said,) = [turn.message for turn in preview.turns]

    for what in (Forget(items=asthma, kept_items=nuts, kept_turns=[said]), Forget(turns=[said], kept_items=nuts)):
        await forget(memory, ada.user_id, what)
        assert not [quote for quote in await rows(memory, ada, "quote", "item_sources") if "asthma" in str(quote)]
        assert {"Allergic to nuts"} <= await rows(memory, ada, "body", "items")

"""Of an item that says several things, as older versions kept them, one may end and the others stay."""

from datetime import timedelta
from uuid import UUID

import pytest

from emergence.contracts.memory.items import Forget, Origin
from emergence.memory.items.forget import forget
from emergence.memory.store.keep_items import NewFact, NewItem, keep_item
from tests.memory.items_at import texts, write
from tests.memory.served_memory import ServedMemory
from tests.memory.test_what_ends import links, profile, say
from tests.session.neighbours import Person


async def kept_before(
    served: ServedMemory, person: Person, body: str, said: str, predicate: str = "allergic_to", *, days: int = 1
) -> None:
    """Keep what an older version made of something that was written `days` ago."""
    at = served.parts.clock.now() - timedelta(days=days)
    item = NewItem("fact", body, "en", 0.9, 0.9, "written", fact=NewFact("user", predicate, said))
    async with served.parts.rows.of(person.user_id) as tx:
        await keep_item(tx, served.parts.forgotten_words, person.user_id, item, at)


@pytest.mark.parametrize(
    ("body", "said", "over", "left"),
    [
        ("Allergic to cats and nuts", "cats and nuts", "I'm no longer allergic to cats.", ["Allergic to nuts"]),
        ("Allergic to cats and nuts", "cats and nuts", "Je ne suis plus allergique aux noix.", ["Allergic to cats"]),
        ("Allergique aux noix, aux œufs et au lait", "aux noix, aux œufs et au lait",
         "Je ne suis plus allergique aux œufs et au lait.", ["Allergique aux noix"]),
        ("Cats and also nuts are bad for Ada", "cats and nuts", "I'm no longer allergic to cats.",
         ["Allergic to nuts"]),
        ("Allergic to cats and nuts, cats are worst", "cats and nuts", "I'm no longer allergic to cats.",
         ["Allergic to nuts"]),
        ("Allergic to cats and nuts", "cats and nuts", "I'm no longer allergic to nuts and cats.", []),
        ("Allergic to cats and nuts", "cats and nuts", "I'm no longer allergic to dogs.",
         ["Allergic to cats and nuts"]),
    ],
)  # fmt: skip
async def test_what_ended_leaves_and_the_others_stay(
    served: ServedMemory, ada: Person, body: str, said: str, over: str, left: list[str]
) -> None:
    await kept_before(served, ada, body, said)

    await say(served, ada, over)

    assert await profile(served, ada) == left
    if left != [body]:
        assert await texts(served, ada, "superseded") == [body]
        assert await links(served, ada) == [*["same_as"] * len(left), "updates"]


async def test_what_never_was_contradicts_one_of_several(served: ServedMemory, ada: Person) -> None:
    await kept_before(served, ada, "Allergic to cats and nuts", "cats and nuts")

    await say(served, ada, "I'm not allergic to cats.")

    assert await profile(served, ada) == ["Allergic to nuts"]
    assert await links(served, ada) == ["same_as", "contradicts"]


async def test_one_after_the_other_may_end(served: ServedMemory, ada: Person) -> None:
    await kept_before(
        served, ada, "Speaks French, Dutch and a little Spanish", "French, Dutch and a little Spanish", "speaks"
    )

    await say(served, ada, "I no longer speak Spanish.", "Je ne parle plus néerlandais.")

    assert await profile(served, ada) == ["Speaks French"]


async def test_an_end_that_came_first_counts_for_what_is_kept_after_it(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "I'm no longer allergic to cats.")

    await kept_before(served, ada, "Allergic to cats and nuts", "cats and nuts")

    assert await profile(served, ada) == ["Allergic to nuts"]


async def test_ends_that_came_first_may_leave_nothing(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "I'm no longer allergic to cats.", "I'm no longer allergic to nuts.")

    await kept_before(served, ada, "Allergic to cats and nuts", "cats and nuts")

    assert await profile(served, ada) == []


async def test_what_is_said_after_the_end_counts(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "I'm no longer allergic to cats.")

    await kept_before(served, ada, "Allergic to cats and nuts", "cats and nuts", days=-1)

    assert await profile(served, ada) == ["Allergic to cats and nuts"]


async def test_what_was_pinned_stays_so_and_what_was_there_is_kept_once(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "I'm allergic to nuts.")
    await kept_before(served, ada, "Allergic to cats, nuts and eggs", "cats, nuts and eggs")
    async with served.parts.rows.of(ada.user_id) as tx:
        await tx.execute("UPDATE items SET pinned = true WHERE body LIKE '%cats%'")

    await say(served, ada, "I'm no longer allergic to cats.")

    assert sorted(await profile(served, ada)) == ["Allergic to eggs", "Allergic to nuts"]
    async with served.parts.rows.of(ada.user_id) as tx:
        assert await tx.fetchval("SELECT pinned FROM items WHERE body = 'Allergic to eggs'")


async def test_an_end_that_is_written_by_hand_ends_one_of_several(served: ServedMemory, ada: Person) -> None:
    await kept_before(served, ada, "Allergic to cats and nuts", "cats and nuts")

    await write(served, ada, "I'm no longer allergic to cats", "fact")

    assert "Allergic to nuts" in await profile(served, ada)
    assert "Allergic to cats and nuts" not in await profile(served, ada)


async def named(served: ServedMemory, person: Person, body: str) -> UUID:
    async with served.parts.rows.of(person.user_id) as tx:
        return UUID(str(await tx.fetchval("SELECT id FROM items WHERE body = $1", body)))


async def test_what_is_forgotten_of_several_things_takes_the_words_of_all_along(
    served: ServedMemory, ada: Person
) -> None:
    await kept_before(served, ada, "Allergic to cats and nuts", "cats and nuts")
    await say(served, ada, "I'm no longer allergic to cats.")

    for body in ("Allergic to nuts", "No longer allergic to cats"):
        await forget(served.parts, ada.user_id, Forget(items=[await named(served, ada, body)]))

    assert await profile(served, ada) == []
    assert not [text for table, text in await served.exported(ada) if table.startswith("memory") and "nuts" in text]


@pytest.mark.parametrize(("origin", "subject"), [("agent", "user"), ("said", "paul")])
async def test_somebody_elses_words_take_no_allergy_away(
    served: ServedMemory, ada: Person, origin: Origin, subject: str
) -> None:
    fact = NewFact(subject, "allergic_to", "nuts")
    item = NewItem("fact", "Allergic to nuts", "en", 0.5, 0.5, origin, fact=fact)
    async with served.parts.rows.of(ada.user_id) as tx:
        await keep_item(tx, served.parts.forgotten_words, ada.user_id, item, served.parts.clock.now())
    await kept_before(served, ada, "Allergic to cats and nuts", "cats and nuts")

    await say(served, ada, "I'm no longer allergic to cats.")

    assert "Allergic to nuts" in await profile(served, ada)

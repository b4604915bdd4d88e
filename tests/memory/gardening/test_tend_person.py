"""A person's night: what is alike joins, what faded is archived, and what was missed is made due."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from emergence.memory.embedders import Embedders
from emergence.memory.gardening.tend_person import tend_person
from emergence.memory.items.forget import forget_item
from emergence.memory.parts import Memory
from emergence.memory.store import consolidations
from emergence.memory.store.consolidations import NIGHT, Due, next_night
from emergence.memory.store.item_sources import Source
from emergence.memory.store.keep_items import NewItem, NewPreference, keep_item
from emergence.memory.store.turns import NewTurn, add_turns
from tests.frozen_clock import FrozenClock
from tests.memory.kept_rows import kept_memory
from tests.memory.said_turns import keep
from tests.session.neighbours import Person

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
async def memory(rows_url: str, clock: FrozenClock) -> AsyncIterator[Memory]:
    async with kept_memory(rows_url, clock) as parts:
        yield parts


async def kept(memory: Memory, person: Person, body: str, said_ago: timedelta = timedelta(), **more: Any) -> UUID:
    """Keep an item that was said so long ago."""
    said_at = memory.clock.now() - said_ago
    message, thread = uuid4(), uuid4()
    common: dict[str, Any] = {
        "kind": "note", "language": "en", "importance": 0.4, "confidence": 0.9, "origin": "said"
    }  # fmt: skip
    async with memory.rows.of(person.user_id) as tx:
        await add_turns(
            tx, memory.forgotten_words, person.user_id, thread, [NewTurn(message, 0, "user", "", said_at, body)]
        )
        item = NewItem(**common | more, body=body, sources=[Source(message, thread, body, said_at)])
        done = await keep_item(tx, memory.forgotten_words, person.user_id, item, said_at)
    assert done.id is not None
    return done.id


async def night(memory: Memory, person: Person) -> None:
    async with memory.database.transaction() as tx:
        await consolidations.note_night(tx, person.user_id, memory.clock.now())
    row = await memory.database.fetchrow(
        "SELECT version FROM consolidations_due WHERE user_id = $1 AND thread_id = $2", person.user_id, NIGHT
    )
    assert row is not None
    await tend_person(memory, Due(person.user_id, NIGHT, row["version"], 0))


async def states(memory: Memory, person: Person) -> dict[str, str]:
    async with memory.rows.of(person.user_id) as tx:
        return {row["body"]: row["state"] for row in await tx.fetch("SELECT body, state FROM items")}


async def test_what_says_nearly_the_same_joins_with_its_sources(memory: Memory, ada: Person) -> None:
    first = await kept(memory, ada, "My bicycle is locked behind the old school gate", 3 * DAY, importance=0.9)
    second = await kept(memory, ada, "The bicycle is locked behind that old school gate", DAY, importance=0.9)

    await night(memory, ada)

    async with memory.rows.of(ada.user_id) as tx:
        links = await tx.fetch("SELECT from_id, to_id, kind FROM links")
        sources = await tx.fetchval("SELECT count(*) FROM item_sources WHERE item_id = $1", first)
        rows = {row["id"]: row["state"] for row in await tx.fetch("SELECT id, state FROM items")}
        assert await tx.fetchval("SELECT merged FROM consolidations") == 1
    assert [tuple(row) for row in links] == [(first, second, "same_as")]
    assert rows == {first: "active", second: "superseded"}
    assert sources == 2
    await forget_item(memory, ada.user_id, first)
    async with memory.rows.of(ada.user_id) as tx:
        assert await tx.fetch("SELECT body FROM items") == [], "what says the same goes, too"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The code of the front door is 4521", "The code of the front door is 4512"),
        ("I can eat cheese made of sheep milk", "I can not eat cheese made of sheep milk"),
        ("Je peux manger du fromage de brebis", "Je ne peux plus manger du fromage de brebis"),
        ("Anna waters the plants in the garden house", "Anna sells the plants in the garden house of Ben"),
    ],
)
async def test_a_number_or_a_negation_more_is_not_the_same(memory: Memory, ada: Person, one: str, other: str) -> None:
    for body in (one, other):
        await kept(memory, ada, body, importance=0.9)

    await night(memory, ada)

    assert await states(memory, ada) == {one: "active", other: "active"}


async def test_kinds_days_and_trust_never_mix(memory: Memory, ada: Person) -> None:
    body = "Meeting about the garden house with Anna and Ben"
    now = memory.clock.now()
    await kept(memory, ada, f"{body} today", kind="event", importance=0.6, happened_at=now)
    await kept(memory, ada, f"The {body} today", kind="event", importance=0.6, happened_at=now + DAY)
    await kept(memory, ada, f"A {body} today", importance=0.9)
    await kept(memory, ada, f"Some {body} today", origin="document", importance=0.9)

    await night(memory, ada)

    assert set((await states(memory, ada)).values()) == {"active"}


async def test_likeness_in_meaning_joins_what_shares_half_its_words(memory: Memory, ada: Person) -> None:
    near = [
        await kept(memory, ada, "Parks the bicycle behind the school gate", 2 * DAY, importance=0.9),
        await kept(memory, ada, "Leaves the bicycle behind the school entrance gate", DAY, importance=0.9),
    ]
    far = await kept(memory, ada, "Sells the bicycle behind the school gate shop", importance=0.9)
    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute("INSERT INTO people (user_id, model) VALUES ($1, 'm') ON CONFLICT DO NOTHING", ada.user_id)
        for item_id, vector in zip((*near, far), ("[1,0]", "[0.99,0.1]", "[0,1]"), strict=True):
            await tx.execute(
                "INSERT INTO item_vectors VALUES ($1, $2, 'm', $3::text::public.halfvec)", ada.user_id, item_id, vector
            )

    await night(memory, ada)

    async with memory.rows.of(ada.user_id) as tx:
        rows = {row["id"]: row["state"] for row in await tx.fetch("SELECT id, state FROM items")}
    assert rows == {near[0]: "active", near[1]: "superseded", far: "active"}


async def test_small_talk_fades_and_what_somebody_is_does_not(memory: Memory, ada: Person) -> None:
    year = timedelta(days=365)
    await kept(memory, ada, "Old small talk", 100 * DAY)
    await kept(memory, ada, "Young small talk", 80 * DAY)
    await kept(memory, ada, "Old and asked for", 3 * year, importance=0.9)
    await kept(memory, ada, "Old event", 2 * year, kind="event", importance=0.6)
    await kept(
        memory, ada, "Coming event", 2 * year, kind="event", importance=0.6, happened_at=memory.clock.now() + DAY
    )
    await kept(memory, ada, "Old fact", 9 * year, kind="fact", importance=0.1)
    preference = NewPreference("likes:tea", "tea")
    await kept(memory, ada, "Likes tea", 9 * year, kind="preference", importance=0.1, preference=preference)
    pinned, used = await kept(memory, ada, "Pinned talk", year), await kept(memory, ada, "Used talk", 110 * DAY)
    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute("UPDATE items SET pinned = true WHERE id = $1", pinned)
        await tx.execute("UPDATE items SET uses = 9 WHERE id = $1", used)

    for _ in range(5):  # however often it runs: time counts, not runs
        await night(memory, ada)

    faded = {body for body, state in (await states(memory, ada)).items() if state == "archived"}
    assert faded == {"Old small talk", "Old event"}


async def test_what_is_said_again_is_back(memory: Memory, ada: Person) -> None:
    await kept(memory, ada, "Old small talk", 100 * DAY)
    await night(memory, ada)
    assert await states(memory, ada) == {"Old small talk": "archived"}

    await kept(memory, ada, "old small talk!")
    assert await states(memory, ada) == {"Old small talk": "active"}


async def test_threads_that_nobody_consolidated_are_made_due_and_the_next_night_too(
    memory: Memory, ada: Person, bob: Person
) -> None:
    thread = await keep(memory, ada, ["One", "Two"])
    await keep(memory, bob, ["Three"])

    await night(memory, ada)

    rows = await memory.database.fetch(
        "SELECT thread_id, due_at FROM consolidations_due WHERE user_id = $1 ORDER BY thread_id", ada.user_id
    )
    now = memory.clock.now()
    assert [(row["thread_id"], row["due_at"]) for row in rows] == [(NIGHT, next_night(ada.user_id, now)), (thread, now)]
    assert now < rows[0]["due_at"] <= now + DAY


async def test_whoever_has_nothing_left_has_no_more_nights(memory: Memory, ada: Person) -> None:
    await night(memory, ada)

    assert await memory.database.fetch("SELECT 1 FROM consolidations_due WHERE user_id = $1", ada.user_id) == []


async def test_what_has_no_vector_and_waits_for_none_gets_one_at_night(memory: Memory, ada: Person) -> None:
    item = await kept(memory, ada, "Lives in Nantes")
    await memory.database.execute("DELETE FROM pending_vectors WHERE user_id = $1", ada.user_id)

    await night(replace(memory, embedders=Embedders("some", {})), ada)

    rows = await memory.database.fetch("SELECT message_id FROM pending_vectors WHERE user_id = $1", ada.user_id)
    assert item in {row["message_id"] for row in rows}


async def test_what_was_written_down_long_ago_goes_but_that_a_thread_was_done(memory: Memory, ada: Person) -> None:
    thread = await keep(memory, ada, ["Hello."])
    for days, outcome in ((200, "done"), (150, "done"), (120, "failed"), (30, "over_budget"), (1, "running")):
        await memory.database.execute(
            "INSERT INTO consolidations (user_id, id, thread_id, began_at, outcome) VALUES ($1, $2, $3, $4, $5)",
            ada.user_id, uuid4(), thread, memory.clock.now() - days * DAY, outcome,
        )  # fmt: skip

    await night(memory, ada)

    left = await memory.database.fetch(
        "SELECT outcome FROM consolidations WHERE user_id = $1 ORDER BY began_at", ada.user_id
    )
    assert [row["outcome"] for row in left] == ["done", "over_budget", "running"]
    assert await memory.database.fetch("SELECT 1 FROM consolidations_due WHERE thread_id = $1", thread) == []

"""What is kept of what was said: once, with its sources, and the latest of what cannot all be so."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from emergence.kernel.storage.database import Transaction
from emergence.memory.parts import Memory
from emergence.memory.store.concepts import NewConcept
from emergence.memory.store.item_sources import Source, stands_in
from emergence.memory.store.keep_items import Kept, NewFact, NewItem, NewPreference, keep_item
from emergence.memory.store.turns import NewTurn, add_turns, delete_turn
from tests.session.neighbours import Person

JANUARY = datetime(2026, 1, 5, 9, tzinfo=UTC)
COMMON: dict[str, Any] = {"kind": "fact", "origin": "said", "language": "en", "importance": 0.5, "confidence": 0.9}
NOW = datetime(2026, 11, 1, tzinfo=UTC)


async def said(
    memory: Memory, tx: Transaction, person: Person, body: str, at: datetime = JANUARY, quote: str | None = None
) -> Source:
    """Keep a turn; return it as a source."""
    message, thread = uuid4(), uuid4()
    await add_turns(tx, memory.forgotten_words, person.user_id, thread, [NewTurn(message, 0, "user", "", at, body)])
    return Source(message, thread, body if quote is None else quote, at)


async def heard(memory: Memory, tx: Transaction, person: Person, item: NewItem) -> Kept:
    """Keep an item."""
    return await keep_item(tx, memory.forgotten_words, person.user_id, item, NOW)


def fact(body: str, predicate: str, what: str, *sources: Source, **more: Any) -> NewItem:
    of_fact = {key: more.pop(key) for key in ("valid_from", "valid_to") if key in more}
    return NewItem(
        **COMMON | more,
        body=body,
        sources=sources,
        fact=NewFact("user", predicate, what, **of_fact),
    )


def likes(body: str, key: str, value: str, *sources: Source, **more: Any) -> NewItem:
    preference = NewPreference(key, value, strength=more.pop("strength", 1.0))
    return replace(fact(body, "", "", *sources, **{"kind": "preference"} | more), fact=None, preference=preference)


async def rows(tx: Transaction, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await tx.fetch(query)]


async def states(tx: Transaction) -> dict[str, str]:
    return {row["body"]: row["state"] for row in await tx.fetch("SELECT body, state FROM items")}


async def test_what_says_the_same_is_one_item_with_more_sources(memory: Memory, ada: Person) -> None:
    async with memory.rows.of(ada.user_id) as tx:
        first, second = (
            await said(memory, tx, ada, "I live in Nantes."),
            await said(memory, tx, ada, "I live  in NANTES!"),
        )
        kept = [
            await heard(memory, tx, ada, fact("Lives in Nantes", "lives_in", "Nantes", first)),
            await heard(memory, tx, ada, fact("lives in nantes.", "lives_in", "nantes", second)),
            await heard(memory, tx, ada, fact("Lives in Nantes", "lives_in", "Nantes", second)),
        ]

        assert [each.outcome for each in kept] == ["added", "merged", "merged"]
        assert len({each.id for each in kept}) == 1
        assert await rows(tx, "SELECT count(*), count(DISTINCT item_id) FROM item_sources") == [(2, 1)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_latest_said_is_so_now_in_whatever_order_it_is_heard(
    memory: Memory, ada: Person, order: Sequence[int]
) -> None:
    towns = ["Nantes", "Lyon", "Brest"]
    async with memory.rows.of(ada.user_id) as tx:
        items = []
        for month, town in enumerate(towns):
            source = await said(memory, tx, ada, f"I live in {town}.", JANUARY + timedelta(days=30 * month))
            items.append(fact(f"Lives in {town}", "lives_in", town, source))
        for _ in range(2):  # everything is heard twice
            for place in order:
                await heard(memory, tx, ada, items[place])

        assert await states(tx) == {
            "Lives in Nantes": "superseded", "Lives in Lyon": "superseded", "Lives in Brest": "active",
        }  # fmt: skip
        assert await rows(tx, "SELECT object, valid_to FROM facts ORDER BY object") == [
            ("Brest", None),
            ("Lyon", JANUARY + timedelta(days=60)),
            ("Nantes", JANUARY + timedelta(days=30)),
        ]
        assert await rows(
            tx,
            "SELECT a.body, b.body, links.kind FROM links JOIN items a ON a.id = from_id JOIN items b ON b.id = to_id"
            " ORDER BY 1",
        ) == [("Lives in Brest", "Lives in Lyon", "updates"), ("Lives in Lyon", "Lives in Nantes", "updates")]


async def test_somebody_who_moved_back_lives_there_again(memory: Memory, ada: Person) -> None:
    async with memory.rows.of(ada.user_id) as tx:
        for month, town in enumerate(("Nantes", "Brest", "Nantes")):
            source = await said(memory, tx, ada, f"I live in {town}.", JANUARY + timedelta(days=30 * month))
            await heard(memory, tx, ada, fact(f"Lives in {town}", "lives_in", town, source))

        assert await rows(tx, "SELECT body, state FROM items ORDER BY id") == [
            ("Lives in Nantes", "superseded"), ("Lives in Brest", "superseded"), ("Lives in Nantes", "active"),
        ]  # fmt: skip


@pytest.mark.parametrize("ends_first", [False, True])
async def test_an_end_closes_what_it_ends_and_nothing_else(memory: Memory, ada: Person, ends_first: bool) -> None:
    later = JANUARY + timedelta(days=90)
    async with memory.rows.of(ada.user_id) as tx:
        source = await said(memory, tx, ada, "My cats are Miu and Tao.")
        end = await said(memory, tx, ada, "Miu is gone.", later)
        items = [
            fact("Has a cat, Miu", "cat", "Miu", source),
            fact("Has a cat, Tao", "cat", "Tao", source),
            fact("Miu is gone", "cat", "Miu", end, kind="event", valid_to=later),
        ]
        for item in reversed(items) if ends_first else items:
            await heard(memory, tx, ada, item)

        assert await states(tx) == {"Has a cat, Miu": "superseded", "Has a cat, Tao": "active", "Miu is gone": "active"}
        assert await rows(tx, "SELECT valid_to FROM facts JOIN items ON id = item_id WHERE body LIKE '%, Miu'") == [
            (later,)
        ]


async def test_of_a_preference_the_latest_counts_and_a_change_of_mind_contradicts(memory: Memory, ada: Person) -> None:
    async with memory.rows.of(ada.user_id) as tx:
        then, later = await said(memory, tx, ada, "I like tea."), await said(memory, tx, ada, "I hate tea.", NOW)
        newer = await heard(memory, tx, ada, likes("Dislikes tea", "tea", "tea", later, strength=-1.0))
        older = await heard(memory, tx, ada, likes("Likes tea", "tea", "tea", then))

        assert (newer.outcome, older.outcome) == ("added", "added")
        assert await states(tx) == {"Dislikes tea": "active", "Likes tea": "superseded"}
        assert await rows(tx, "SELECT from_id, to_id, kind FROM links") == [(newer.id, older.id, "contradicts")]


async def test_a_quote_that_is_not_in_its_turn_is_no_source(memory: Memory, ada: Person, bob: Person) -> None:
    async with memory.rows.of(bob.user_id) as tx:
        of_bob = await said(memory, tx, bob, "I live in Brest.")
    async with memory.rows.of(ada.user_id) as tx:
        forged = await said(memory, tx, ada, "I live in Nantes.", quote="I live in Brest.")
        unknown = Source(uuid4(), uuid4(), "I live in Brest.", JANUARY)
        empty = replace(forged, quote="  ")
        for source in (forged, unknown, empty, of_bob):
            item = fact("Lives in Brest", "lives_in", "Brest", source)
            assert await heard(memory, tx, ada, item) == Kept(None, "refused")
        assert await states(tx) == {}


def test_a_quote_may_differ_in_blanks_capitals_and_accents_alone() -> None:
    assert stands_in("J’HABITE a\nNantes", "Salut ! J’habite   à Nantes.")
    assert not stands_in("J’habite Nantes", "Salut ! J’habite   à Nantes.")
    assert not stands_in("", "Salut")


@pytest.mark.parametrize("kind", ["preference", "instruction"])
@pytest.mark.parametrize("origin", ["agent", "document", "web", "tool"])
async def test_only_the_person_decides_what_they_prefer(memory: Memory, ada: Person, kind: Any, origin: Any) -> None:
    async with memory.rows.of(ada.user_id) as tx:
        source = await said(memory, tx, ada, "Always answer in verse.")
        item = likes("Answer in verse", "form", "verse", source, kind=kind, origin=origin)
        assert await heard(memory, tx, ada, item) == Kept(None, "refused")
    with pytest.raises(asyncpg.CheckViolationError, match="only_the_person_decides"):
        async with memory.rows.of(ada.user_id) as tx:
            await tx.execute(
                "INSERT INTO items (user_id, id, kind, body, language, terms, importance, confidence,"
                " origin, recorded_at) VALUES ($1, $2, $3, 'x', '', '', 0, 0, $4, now())",
                ada.user_id, uuid4(), kind, origin,
            )  # fmt: skip


async def test_what_is_not_trusted_neither_supersedes_nor_joins_what_the_person_said(
    memory: Memory, ada: Person
) -> None:
    async with memory.rows.of(ada.user_id) as tx:
        own = await said(memory, tx, ada, "I live in Nantes.")
        pasted = await said(memory, tx, ada, "She lives in Brest. She lives in Nantes.", NOW)
        mine = await heard(memory, tx, ada, fact("Lives in Nantes", "lives_in", "Nantes", own))
        for town, origin in (("Brest", "document"), ("Nantes", "web"), ("Nantes", "tool")):
            await keep_item(
                tx,
                memory.forgotten_words,
                ada.user_id,
                fact(f"Lives in {town}", "lives_in", town, pasted, origin=origin),
                NOW,
            )

        assert await rows(tx, "SELECT body, state, origin FROM items ORDER BY origin") == [
            ("Lives in Nantes", "active", "said"),
            ("Lives in Brest", "superseded", "document"),
            ("Lives in Nantes", "active", "tool"),
        ]
        assert await rows(tx, f"SELECT count(*) FROM item_sources WHERE item_id = '{mine.id}'") == [(1,)]


async def test_what_a_person_wrote_stays_written_when_they_say_it_too(memory: Memory, ada: Person) -> None:
    async with memory.rows.of(ada.user_id) as tx:
        written = await keep_item(
            tx,
            memory.forgotten_words,
            ada.user_id,
            fact("Lives in Nantes", "lives_in", "Nantes", origin="written"),
            NOW,
        )
        source = await said(memory, tx, ada, "I live in Nantes.")
        again = await heard(memory, tx, ada, fact("Lives in Nantes", "lives_in", "Nantes", source))

        assert (written.outcome, again) == ("added", Kept(written.id, "merged"))
        assert await rows(tx, "SELECT origin FROM items") == [("written",)]


async def test_what_is_talked_about_is_one_concept_however_it_is_written(memory: Memory, ada: Person) -> None:
    async with memory.rows.of(ada.user_id) as tx:
        source = await said(memory, tx, ada, "Ma sœur Léa. LEA !")
        for place, name in enumerate(("Léa", "LEA")):
            item = replace(fact(f"Seen in place {place}", "seen", name, source), concepts=[NewConcept(name, "person")])
            await heard(memory, tx, ada, item)

        assert await rows(tx, "SELECT name, kind FROM concepts") == [("Léa", "person")]
        assert await rows(tx, "SELECT count(*) FROM mentions") == [(2,)]


async def test_two_people_who_say_the_same_keep_two_items(memory: Memory, ada: Person, bob: Person) -> None:
    kept: list[UUID | None] = []
    for person in (ada, bob):
        async with memory.rows.of(person.user_id) as tx:
            source = await said(memory, tx, person, "I live in Nantes.")
            item = fact("Lives in Nantes", "lives_in", "Nantes", source)
            kept.append((await heard(memory, tx, person, item)).id)
            assert await rows(tx, "SELECT count(*) FROM items") == [(1,)]
    assert None not in kept
    assert len(set(kept)) == 2


async def test_words_that_were_forgotten_do_not_come_back(memory: Memory, ada: Person, bob: Person) -> None:
    async with memory.rows.of(ada.user_id) as tx:
        await memory.forgotten_words.bury(tx, ada.user_id, ["Habite à Nantes"], NOW)
        await memory.forgotten_words.bury(tx, ada.user_id, ["Habite à Nantes"], NOW)
        source = await said(memory, tx, ada, "J'habite à Nantes ! J'habite à Brest.")
        for body in ("Habite à Nantes", "habite a  NANTES."):
            buried = await heard(memory, tx, ada, fact(body, "lives_in", "Nantes", source))
            assert buried == Kept(None, "buried")
        kept = await heard(memory, tx, ada, fact("Habite à Brest", "lives_in", "Brest", source))
        assert kept.outcome == "added"
        (stone,) = await rows(tx, "SELECT id, kind FROM tombstones")
    async with memory.rows.of(bob.user_id) as tx:
        source = await said(memory, tx, bob, "J'habite à Nantes !")
        kept = await heard(memory, tx, bob, fact("Habite à Nantes", "lives_in", "Nantes", source))
        assert kept.outcome == "added"
        await memory.forgotten_words.bury(tx, bob.user_id, ["Habite à Nantes"], NOW)
        assert await rows(tx, "SELECT id FROM tombstones") != [stone[:1]], "the same words have other stones elsewhere"


async def test_what_quotes_a_turn_that_goes_at_the_same_moment_goes_with_it(memory: Memory, ada: Person) -> None:
    async with memory.rows.of(ada.user_id) as tx:
        source = await said(memory, tx, ada, "I live in Nantes.")

    is_kept = asyncio.Event()

    async def forget() -> None:
        await is_kept.wait()
        async with memory.rows.of(ada.user_id) as tx:
            await delete_turn(tx, ada.user_id, source.message_id)

    forgetting = asyncio.create_task(forget())
    async with memory.rows.of(ada.user_id) as tx:
        await heard(memory, tx, ada, fact("Lives in Nantes", "lives_in", "Nantes", source))
        is_kept.set()
        blocked = "SELECT 1 FROM pg_locks WHERE NOT granted"
        while not (forgetting.done() or await tx.fetch(blocked)):  # noqa: ASYNC110 - another connection does it
            await asyncio.sleep(0.01)
    await forgetting

    async with memory.rows.of(ada.user_id) as tx:
        assert await rows(tx, "SELECT 1 FROM items") == []
        assert await rows(tx, "SELECT 1 FROM item_sources") == []

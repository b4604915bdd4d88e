"""What memory knows reaches an agent: who the person is and wants, what fits, and rarely something nobody asked for."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from emergence.contracts.memory.recall import RecallReason, RecallRequest
from emergence.contracts.memory.recollection import KnownText, NoteUses, Recollection, Used
from emergence.contracts.session.events import ThreadErased
from emergence.memory.answer_recall import answer_recall
from emergence.memory.items.look import item_history
from emergence.memory.note_uses import note_uses
from emergence.memory.on_events import OnEvents
from emergence.memory.parts import Memory
from emergence.memory.recall import rank_last_words, tokens_of
from emergence.memory.store.recall import RankedTurn
from tests.frozen_clock import FrozenClock
from tests.memory.kept_items import know
from tests.memory.said_turns import keep
from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def memory(served: ServedMemory, clock: FrozenClock) -> Memory:
    return replace(served.parts, clock=clock)


async def told(memory: Memory, person: Person, query: str, **more: Any) -> Recollection:
    asked: dict[str, Any] = {"limit": 8, "token_budget": 600, "patience_s": 20, "hints": True} | more
    return await answer_recall(memory, RecallRequest(user_id=person.user_id, query=query, **asked))


async def shown(memory: Memory, person: Person, query: str, **more: Any) -> list[str]:
    return [item.text for item in (await told(memory, person, query, **more)).items]


async def one(memory: Memory, person: Person, query: str, **more: Any) -> KnownText:
    (item,) = (await told(memory, person, query, **more)).items
    return item


@pytest.mark.parametrize("is_late", [True, False])
async def test_the_profile_is_shown_although_ranking_is_not_done_in_time(
    memory: Memory, ada: Person, monkeypatch: pytest.MonkeyPatch, *, is_late: bool
) -> None:
    await know(memory, ada, "Is called Ada", predicate="name", said="I am Ada.", origin="said")
    await keep(memory, ada, ["The lamp in the hall is green."])

    async def ranked(*args: Any, **kwargs: Any) -> list[RankedTurn]:
        await asyncio.sleep(60 if is_late else 0)
        return await rank_last_words(*args, **kwargs)

    monkeypatch.setattr("emergence.memory.answer_recall.rank_last_words", ranked)
    found = await told(memory, ada, "Which colour has the lamp in the hall?", patience_s=3)

    assert [item.text for item in found.items] == ["Is called Ada"]
    assert bool(found.turns) is not is_late


async def test_who_a_person_is_and_what_they_want_is_shown_whatever_they_ask(
    memory: Memory, ada: Person, bob: Person
) -> None:
    await know(memory, ada, "Is called Ada", predicate="name", said="I am Ada.", origin="said")
    await know(memory, ada, "Likes tea", "preference", key="tea", said="I like tea.", origin="said")
    await know(memory, ada, "Has asthma", predicate="has_condition", importance=0.5)
    await know(memory, ada, "Answer in three sentences", "instruction")
    await know(memory, ada, "Is terse with Neo", "preference", key="terse", scope="neo")
    pinned, _ = await know(memory, ada, "The gate code is 4711", "note")
    await know(memory, ada, "Owns a boat", predicate="owns")
    await know(memory, bob, "Is called Bob", predicate="name")
    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute("UPDATE items SET pinned = true WHERE id = $1", pinned)

    items = (await told(memory, ada, "Hello")).items

    assert [(item.text, item.why.always) for item in items] == [
        ("Answer in three sentences", "instruction"),
        ("The gate code is 4711", "pinned"),
        ("Is called Ada", "identity"),
        ("Has asthma", "identity"),
        ("Likes tea", "preference"),
    ]
    assert "Is terse with Neo" in await shown(memory, ada, "Hello", agent="neo")
    assert await shown(memory, bob, "Hello") == ["Is called Bob"]


async def test_what_they_are_allergic_to_is_shown_and_no_preferences_push_it_or_the_name_out(
    memory: Memory, ada: Person
) -> None:
    await know(
        memory, ada, "Allergic to peanuts", predicate="allergic_to", said="I'm allergic to peanuts.", origin="said"
    )
    await know(memory, ada, "Is called Ada", predicate="name")
    for number in range(30):
        await know(memory, ada, f"Likes the dish number {number} of the menu", "preference", key=f"likes:{number}")

    known = await shown(memory, ada, "Suggest a snack")

    assert {"Allergic to peanuts", "Is called Ada"} <= set(known[:2])


async def test_of_a_long_text_that_is_pinned_the_beginning_is_shown(memory: Memory, ada: Person) -> None:
    pinned, _ = await know(memory, ada, "The recipe: " + "stir it well, then wait. " * 70, "note")
    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute("UPDATE items SET pinned = true WHERE id = $1", pinned)

    (text,) = await shown(memory, ada, "Hello")

    assert text.startswith("The recipe: stir it well") and text.endswith("…")


async def test_what_time_changes_comes_with_when_it_was_last_said(memory: Memory, ada: Person) -> None:
    long_ago = datetime(2023, 3, 1, 9, tzinfo=UTC)
    await know(memory, ada, "Is 41 years old", predicate="age", said="I'm 41.", origin="said", at=long_ago)
    await know(memory, ada, "Lives in Nantes", predicate="lives_in", at=long_ago)
    await know(memory, ada, "Is called Ada", predicate="name", said="I am Ada.", origin="said", at=long_ago)

    items = (await told(memory, ada, "Hello")).items

    assert {item.text: item.said_at for item in items} == {
        "Is 41 years old": long_ago, "Lives in Nantes": long_ago, "Is called Ada": None,
    }  # fmt: skip
    assert "said_at" not in items[0].known().model_dump()


async def test_nothing_that_the_person_did_not_say_is_always_shown(memory: Memory, ada: Person) -> None:
    for origin in ("agent", "document", "web", "tool"):
        await know(
            memory, ada, f"Is called Mallory {origin}", predicate="name", said=f"Mallory {origin}", origin=origin
        )
    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute("UPDATE items SET pinned = true")

    assert await shown(memory, ada, "Hello") == []
    assert {item.origin for item in (await told(memory, ada, "Who is Mallory?")).items} <= {
        "agent", "document", "web", "tool",
    }, "asked for it is shown, and says where it is from"  # fmt: skip


async def test_the_profile_stays_within_its_share_and_turns_keep_theirs(memory: Memory, ada: Person) -> None:
    for number in range(30):
        await know(memory, ada, f"Wish number {number} " + "word " * 20, "instruction")
    await keep(memory, ada, ["The lamp in the hall is green."])

    found = await told(memory, ada, "Which lamp is in the hall?", token_budget=300)

    assert 0 < sum(tokens_of(item.text) for item in found.items) <= 100
    assert [turn.text for turn in found.turns] == ["The lamp in the hall is green."]
    assert (await told(memory, ada, "Hello", token_budget=1)).items == []


async def test_a_fact_that_fits_is_shown_and_why_and_not_in_the_thread_that_says_it(
    memory: Memory, ada: Person
) -> None:
    for number in range(30):
        await know(memory, ada, f"Fact number {number} about nothing")
    fact, thread = await know(
        memory, ada, "Was never given penicillin", predicate="never_given",
        said="I was never given penicillin.", origin="said",
    )  # fmt: skip

    item = await one(memory, ada, "May I take penicillin?", hints=False)

    assert (item.item, item.kind, item.why.words) == (fact, "fact", ["penicillin"])
    assert (await shown(memory, ada, "Puis-je prendre de la pénicilline ?", hints=False)) == [
        "Was never given penicillin"
    ]
    assert await shown(memory, ada, "May I take penicillin?", exclude_thread=thread, hints=False) == []
    assert await shown(memory, ada, "What is the capital of Mongolia?", hints=False) == []


async def test_what_was_superseded_is_not_shown_and_what_was_archived_is_found(memory: Memory, ada: Person) -> None:
    await know(memory, ada, "Lives in Nantes", predicate="lives_in", said="I live in Nantes.", origin="said")
    await know(
        memory, ada, "Lives in Lyon", predicate="lives_in", said="I live in Lyon.", origin="said",
        at=datetime(2026, 5, 1, tzinfo=UTC),
    )  # fmt: skip
    note, _ = await know(memory, ada, "The umbrella is at the office", "note")
    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute("UPDATE items SET state = 'archived' WHERE id = $1", note)

    assert await shown(memory, ada, "Where is my umbrella?") == ["Lives in Lyon", "The umbrella is at the office"]


async def test_who_wants_nothing_remembered_is_shown_nothing(memory: Memory, ada: Person) -> None:
    await know(memory, ada, "Is called Ada", predicate="name")
    await keep(memory, ada, ["The lamp is green."])
    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute("INSERT INTO choices (user_id, remembers) VALUES ($1, false)", ada.user_id)

    assert await told(memory, ada, "Which lamp is green?") == Recollection()


async def note(memory: Memory, person: Person, *used: Used, thread: UUID | None = None) -> UUID:
    run = uuid4()
    await note_uses(memory, NoteUses(user_id=person.user_id, run_id=run, thread_id=thread or uuid4(), used=list(used)))
    return run


async def test_something_about_to_happen_is_brought_up_once_in_a_fortnight(
    memory: Memory, ada: Person, clock: FrozenClock
) -> None:
    at = NOW + timedelta(days=2)
    event, thread = await know(
        memory, ada, "Has an appointment at the dentist", "event", happened_at=at, said="Dentist on Monday.",
        origin="said",
    )  # fmt: skip
    await know(memory, ada, "Sees the notary", "event", happened_at=NOW + timedelta(days=9))

    item = await one(memory, ada, "Write me a poem about rain")

    assert (item.item, item.why.hint, item.happened_at) == (event, "upcoming", at)
    assert await shown(memory, ada, "Write me a poem about rain", hints=False) == []
    assert await shown(memory, ada, "Write me a poem about rain", exclude_thread=thread) == [], "it was said here"
    await note(memory, ada, Used(id=event, why=item.why))
    assert await shown(memory, ada, "Write me a poem about rain") == []
    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute("UPDATE items SET happened_at = happened_at + interval '14 days' WHERE id = $1", event)
        await tx.execute("UPDATE items SET state = 'archived' WHERE id <> $1", event)
    clock.advance(timedelta(days=13, hours=23))
    assert await shown(memory, ada, "Write me a poem about rain") == []
    clock.advance(timedelta(hours=2))
    assert await shown(memory, ada, "Write me a poem about rain") == ["Has an appointment at the dentist"]


async def test_nothing_is_brought_up_that_the_answer_is_given_with_anyway(memory: Memory, ada: Person) -> None:
    at = NOW + timedelta(days=2)
    said = "On Monday I see the tooth surgeon downtown about my wisdom tooth at nine."
    await know(memory, ada, "Has an appointment at the dentist", "event", happened_at=at, said=said, origin="said")

    about_it = await told(memory, ada, "Who is the surgeon I see downtown?")
    else_ = await told(memory, ada, "Write me a poem about rain")

    assert ([turn.text for turn in about_it.turns], about_it.items) == ([said], [])
    assert ([item.why.hint for item in else_.items], else_.turns) == (["upcoming"], [])


async def test_what_matters_about_somebody_is_brought_up_when_they_are_spoken_of_one_thing_at_most(
    memory: Memory, ada: Person
) -> None:
    matters, _ = await know(memory, ada, "Karim cannot eat nuts", importance=0.9, about=["Karim"])
    await know(memory, ada, "Karim must not meet the neighbour", importance=0.8, about=["Karim"])
    await know(memory, ada, "Odile plays chess", importance=0.5, about=["Odile"])
    await know(memory, ada, "Zoé steals", importance=0.9, about=["Zoé"], said="Zoé steals", origin="document")
    message = "Help me plan a long dinner with many courses and wine for Karim next Friday evening"

    item = await one(memory, ada, message)

    assert (item.item, item.why.hint, item.why.words) == (matters, "related", ["Karim"])
    assert await shown(memory, ada, message.replace("Karim", "Odile")) == [], "it does not matter enough"
    assert await shown(memory, ada, message.replace("Karim", "Zoé")) == [], "nobody but the person said so"
    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute("INSERT INTO choices (user_id, hints) VALUES ($1, false)", ada.user_id)
    assert await shown(memory, ada, message) == [], "they were switched off"


async def test_uses_are_counted_once_and_go_with_what_was_used(
    memory: Memory, ada: Person, bob: Person, clock: FrozenClock
) -> None:
    item, thread = await know(memory, ada, "Owns a boat", said="I own a boat.", origin="said")
    assert thread is not None
    why = RecallReason(words=["boat"])
    async with memory.rows.of(ada.user_id) as tx:
        message = await tx.fetchval("SELECT message_id FROM turns")
    noted = NoteUses(
        user_id=ada.user_id, run_id=uuid4(), thread_id=uuid4(), message_id=uuid4(),
        used=[Used(id=item, why=why), Used(id=message, why=why), Used(id=uuid4(), why=why)],
    )  # fmt: skip

    assert [await note_uses(memory, noted) for _ in range(2)] == [2, 0]
    (use,) = (await item_history(memory, ada.user_id, item)).used_in
    assert (use.thread, use.message) == (noted.thread_id, noted.message_id), "the way to the very answer"
    assert await note_uses(memory, noted.model_copy(update={"user_id": bob.user_id})) == 0, "none of it is Bob's"
    clock.advance(timedelta(minutes=1))
    await note_uses(memory, noted.model_copy(update={"run_id": uuid4()}))

    async with memory.rows.of(ada.user_id) as tx:
        row = await tx.fetchrow("SELECT uses, last_used_at FROM items")
        assert row is not None
        assert tuple(row) == (2, clock.now())
        kept = await tx.fetchval("SELECT why FROM uses WHERE used_id = $1 LIMIT 1", item)
        assert RecallReason.model_validate_json(kept) == why
    async with memory.database.transaction() as tx:
        erased = ThreadErased(user_id=ada.user_id, thread_id=noted.thread_id)
        await OnEvents(memory).on_thread_erased(tx, erased)
    assert await note_uses(memory, noted) == 0, "of a thread that was erased nothing comes back"
    async with memory.rows.of(ada.user_id) as tx:
        assert await tx.fetchval("SELECT count(*) FROM uses") == 0

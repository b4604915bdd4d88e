"""Of an edited message the last words count, along however many edits, and in whatever way they hang together."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from emergence.contracts.memory.recall import RecallRequest
from emergence.memory.answer_recall import answer_recall
from emergence.memory.parts import Memory
from emergence.memory.store.edited_turns import edited_among, former_wordings, last_wordings
from emergence.memory.store.turns import NewTurn, add_turns
from tests.memory.said_turns import THEN
from tests.session.neighbours import Person

DAY = timedelta(days=1)
Said = list[tuple[str, int | None]]  # each with the place of what it was said in the place of


async def keep(
    memory: Memory, person: Person, said: Said, ids: list[UUID] | None = None, *, apart: timedelta = DAY
) -> list[UUID]:
    """Keep wordings and an answer to each; return their ids in turn."""
    ids = ids or [uuid4() for _ in said]
    thread, kept = uuid4(), []
    for place, (text, edits) in enumerate(said):
        at = THEN + place * apart
        kept += [
            NewTurn(ids[place], 2 * place, "user", "", at, text, edits=None if edits is None else ids[edits]),
            NewTurn(uuid4(), 2 * place + 1, "agent", "neo", at, "Noted."),
        ]
    async with memory.rows.of(person.user_id) as tx:
        await add_turns(tx, memory.forgotten_words, person.user_id, thread, kept)
    return [turn.message_id for turn in kept]


async def told(memory: Memory, person: Person, query: str, limit: int = 8) -> list[str]:
    asked = RecallRequest(user_id=person.user_id, query=query, limit=limit, token_budget=2_000, patience_s=20)
    return [turn.text for turn in (await answer_recall(memory, asked)).turns]


async def test_of_many_edits_the_last_one_is_found(memory: Memory, ada: Person) -> None:
    said: Said = [(f"The aunt of number {place} makes marmalade.", place - 1 if place else None) for place in range(60)]
    await keep(memory, ada, said)

    assert (await told(memory, ada, "Who makes marmalade, which aunt?"))[0] == said[-1][0]


@pytest.mark.parametrize(
    "asked", ["What did I say about marmalade in March 2026?", "What did we discuss in March 2026?"]
)
async def test_a_timeline_shows_no_former_words(memory: Memory, ada: Person, bob: Person, asked: str) -> None:
    await keep(memory, ada, [("The marmalade is bitter.", None), ("The marmalade is sweet.", 0), ("It rains.", None)])
    assert "The marmalade is sweet." in await told(memory, ada, asked)

    await keep(memory, bob, [("The marmalade is bitter.", None), ("The marmalade is sweet.", 0)], apart=40 * DAY)
    assert "The marmalade is bitter." not in await told(memory, bob, asked), "it was put otherwise in April"


async def test_each_wording_and_its_answer_lead_to_the_last_one(memory: Memory, ada: Person) -> None:
    first, _, second, answer, last, its = await keep(memory, ada, [("One.", None), ("Two.", 0), ("Three.", 1)])

    async with memory.rows.of(ada.user_id) as tx:
        found = await last_wordings(tx, ada.user_id, [first, second, answer, last, its])
        assert await edited_among(tx, ada.user_id, [first, second, answer, last, its]) == {first, second}
        former = await former_wordings(tx, ada.user_id, [last])

    assert {message: now.message for message, now in found.items()} == dict.fromkeys([first, second, answer], last)
    assert {first, second, answer} <= set(former)
    assert {last, its}.isdisjoint(former)


async def test_edits_that_go_round_come_to_an_end(memory: Memory, ada: Person) -> None:
    first, _, second, _ = await keep(memory, ada, [("The jam is thistle.", 1), ("The jam is quince.", 0)])

    async with memory.rows.of(ada.user_id) as tx:
        assert await last_wordings(tx, ada.user_id, [first, second]) == {}
        assert second in await former_wordings(tx, ada.user_id, [first])


async def test_nobody_edits_the_words_of_another_person(memory: Memory, ada: Person, bob: Person) -> None:
    first, _, second, _ = await keep(memory, ada, [("The jam is thistle.", None), ("The jam is quince.", None)])
    await keep(memory, bob, [("x", None), ("The jam is gone.", 0)], [first, uuid4()])

    async with memory.rows.of(ada.user_id) as tx:
        assert await last_wordings(tx, ada.user_id, [first, second]) == {}
        assert await former_wordings(tx, ada.user_id, [second]) == []
    assert "The jam is thistle." in await told(memory, ada, "Which jam is it?")
    async with memory.rows.of(bob.user_id) as tx:
        assert [now.text for now in (await last_wordings(tx, bob.user_id, [first])).values()] == ["The jam is gone."]


async def test_what_was_edited_on_two_devices_reads_as_it_was_put_last(memory: Memory, ada: Person) -> None:
    first, *_ = await keep(memory, ada, [("One.", None), ("Two.", 0), ("Three.", 0)])

    async with memory.rows.of(ada.user_id) as tx:
        assert [now.text for now in (await last_wordings(tx, ada.user_id, [first])).values()] == ["Three."]

"""A time that is asked for is answered by what was said then, in the order of time and in the zone of whoever asks."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from emergence.contracts.memory.recall import RecalledTurn, RecallRequest
from emergence.memory.answer_recall import answer_recall
from emergence.memory.parts import Memory
from tests.frozen_clock import FrozenClock
from tests.memory.said_turns import Line, keep
from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)  # a Saturday
OTHERS = [f"It was number {number} of the usual remarks, nothing else." for number in range(30)]


def on(month: int, day: int, hour: int = 12, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def memory(served: ServedMemory) -> Memory:
    return replace(served.parts, clock=FrozenClock(NOW))


async def told(
    memory: Memory, person: Person, query: str, zone: str | None = None, here: UUID | None = None, budget: int = 2_000
) -> list[RecalledTurn]:
    asked = RecallRequest(
        user_id=person.user_id,
        query=query,
        limit=8,
        token_budget=budget,
        exclude_thread=here,
        patience_s=20,
        time_zone=zone,
    )
    return (await answer_recall(memory, asked)).turns


async def texts(memory: Memory, person: Person, query: str, zone: str | None = None) -> list[str]:
    turns = await told(memory, person, query, zone)
    assert all(turn.why.timeline for turn in turns), "each says that it is part of a timeline"
    return [turn.text for turn in turns]


@pytest.fixture
async def year(memory: Memory, ada: Person, bob: Person) -> None:
    """A year of Ada's: a boat in March and again in May, a trip to Rome in June, and much else."""
    await keep(memory, bob, [Line("Bob bought a boat.", at=on(3, 9))])
    await keep(memory, ada, [Line("An old March.", at=on(3, 8, year=2025))])
    await keep(
        memory,
        ada,
        [
            Line("The boat needs paint.", at=on(3, 9, 10)),
            Line("Which colour would you like for the boat?", "anima", at=on(3, 9, 11)),
            Line("Blue, like the boat of my uncle.", at=on(3, 9, 12)),
        ],
    )
    await keep(memory, ada, [Line("Lentils for dinner again.", at=on(3, 20))])
    await keep(memory, ada, [Line("The boat is sold.", at=on(5, 2))])
    await keep(memory, ada, [Line("My trip to Rome was wonderful.", at=on(6, 10))])
    await keep(memory, ada, [Line("I began to learn Italian.", at=on(6, 20))])
    for number, body in enumerate(OTHERS):
        await keep(memory, ada, [Line(body, at=on(8, number + 1))])


@pytest.mark.usefixtures("year")
async def test_a_month_is_told_as_it_went_by_thread_and_nothing_else_is(memory: Memory, ada: Person) -> None:
    for asked in ("What did we discuss in March?", "De quoi parlait-on en mars ?"):
        assert await texts(memory, ada, asked) == [
            "The boat needs paint.",
            "Which colour would you like for the boat?",
            "Blue, like the boat of my uncle.",
            "Lentils for dinner again.",
        ]
    assert await texts(memory, ada, "De quoi parlait-on en mars 2025 ?") == ["An old March."]
    few = [turn.text for turn in await told(memory, ada, "What did we discuss in March?", budget=40)]
    assert few == ["The boat needs paint.", "Lentils for dinner again."], "each thread before any is told at length"
    here = (await told(memory, ada, "What did we discuss in May?"))[0].thread
    assert await told(memory, ada, "What did we discuss in May?", here=here) == []


@pytest.mark.usefixtures("year")
async def test_what_is_asked_of_a_month_is_looked_for_in_it(memory: Memory, ada: Person) -> None:
    found = await texts(memory, ada, "What did we say about the boat in March?")

    assert "Lentils for dinner again." not in found
    assert "The boat is sold." not in found
    assert found[0] == "The boat needs paint."
    (turn, *_) = await told(memory, ada, "What did we say about the boat in March?")
    assert turn.why.words == ["boat"]


@pytest.mark.usefixtures("year")
async def test_when_something_was_talked_about_is_told_from_the_first_time_to_the_last(
    memory: Memory, ada: Person
) -> None:
    turns = await told(memory, ada, "Quand a-t-on parlé du bateau (boat) ?")
    assert [turn.said_at for turn in turns] == sorted(turn.said_at for turn in turns)
    assert {"The boat needs paint.", "The boat is sold."} <= {turn.text for turn in turns}
    assert (await texts(memory, ada, "When did we last talk about the boat?"))[-1] == "The boat is sold."
    assert (await texts(memory, ada, "When did we first talk about the boat?"))[0] == "The boat needs paint."
    assert (await texts(memory, ada, "Depuis quand est-ce que j'apprends l'italien ?")) == ["I began to learn Italian."]


@pytest.mark.usefixtures("year")
async def test_before_and_after_something_are_told_around_the_day_it_was_talked_about(
    memory: Memory, ada: Person
) -> None:
    after = await texts(memory, ada, "What did we talk about after my trip to Rome?")
    before = await texts(memory, ada, "De quoi a-t-on parlé avant mon voyage à Rome ?")

    assert after[0] == "I began to learn Italian."
    assert before == ["The boat is sold."]
    assert await told(memory, ada, "What did we talk about after the coronation of the king?") == []


@pytest.mark.usefixtures("year")
async def test_a_time_in_which_nothing_was_said_and_a_month_that_is_only_liked_have_no_timeline(
    memory: Memory, ada: Person
) -> None:
    assert await told(memory, ada, "What did we discuss yesterday?") == []
    assert not [turn for turn in await told(memory, ada, "March is my favourite month") if turn.why.timeline]


async def test_the_same_moment_is_today_for_one_and_yesterday_for_another(memory: Memory, ada: Person) -> None:
    at_night = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)  # half past twelve in Paris, half past three in Los Angeles
    await keep(memory, ada, [Line("Late remark.", at=at_night)])

    for asked in ("What did we talk about yesterday?", "De quoi parlait-on hier ?"):
        assert await texts(memory, ada, asked, "America/Los_Angeles") == ["Late remark."]
        assert await texts(memory, ada, asked) == ["Late remark."], "UTC, where nobody told a zone"
        assert await texts(memory, ada, asked, "Nowhere/Atlantis") == ["Late remark."], "UTC, for one unknown here"
        assert await told(memory, ada, asked, "Europe/Paris") == []
    assert await texts(memory, ada, "What did we say today?", "Europe/Paris") == ["Late remark."]


async def test_what_only_asked_takes_no_place_of_what_was_told(memory: Memory, ada: Person) -> None:
    told_then = ["The boiler was repaired.", "Odile passed her exam.", "We booked the ferry."]
    for number, body in enumerate(told_then):
        await keep(
            memory, ada, [Line("Where is my umbrella?", at=on(11, 26, 8, number)), Line(body, at=on(11, 26, 9, number))]
        )
    for number in range(12):
        await keep(memory, ada, [Line(f"What did I say about number {number}?", at=on(11, 26, 20, number))])

    for asked in ("De quoi a-t-on parlé avant-hier ?", "What did we talk about the day before yesterday?"):
        found = await texts(memory, ada, asked)
        assert set(told_then) <= set(found)
        assert len(found) == 8, "then what was asked"


@pytest.mark.usefixtures("year")
async def test_a_day_before_yesterday_and_words_of_a_time_are_answered(memory: Memory, ada: Person) -> None:
    await keep(memory, ada, [Line("The heron is back.", at=on(11, 26))])

    for asked in ("De quoi a-t-on parlé avant-hier ?", "What did we talk about the day before yesterday?"):
        assert await texts(memory, ada, asked) == ["The heron is back."]
    for asked in ("De quoi a-t-on parlé avant-hier vers minuit ?", "What did we say recently around noon?"):
        assert await texts(memory, ada, asked) == ["The heron is back."]


@pytest.mark.usefixtures("year")
async def test_what_is_asked_of_now_as_well_finds_what_was_said_at_any_time(memory: Memory, ada: Person) -> None:
    await keep(memory, ada, [Line("My boat lies in the harbour of Brest.", at=on(10, 3))])
    for asked in (
        "What did I say about my boat last spring, and where is it now?",
        "Qu'est-ce que j'ai dit de mon boat au printemps dernier, et où est-il maintenant ?",
    ):
        turns = await told(memory, ada, asked)

        found = {turn.text: turn.why.timeline for turn in turns}
        assert found["The boat needs paint."]
        assert not found["My boat lies in the harbour of Brest."]


@pytest.mark.usefixtures("year")
async def test_a_time_in_which_nothing_was_said_of_a_subject_falls_back_to_the_subject(
    memory: Memory, ada: Person
) -> None:
    for asked in (
        "What did we say about the boat the day before yesterday?",
        "Qu'a-t-on dit du boat avant-hier ?",
        "What did I say about my boat yesterday, and where is it now?",
        "Qu'ai-je dit de mon boat il y a deux semaines, et où est-il maintenant ?",
    ):
        turns = await told(memory, ada, asked)

        assert "The boat is sold." in [turn.text for turn in turns]
        assert not [turn for turn in turns if turn.why.timeline]


async def test_a_day_is_told_by_what_was_said_rather_than_by_what_was_asked(memory: Memory, ada: Person) -> None:
    for number, kind in enumerate("abcdefghi"):
        await keep(
            memory,
            ada,
            [
                Line(f"Remind me what my plan {kind} is", at=on(11, 28, 7, number)),
                Line(f"I bought a kettle of kind {kind}.", at=on(11, 28, 8, number)),
                Line("Where is my kettle? ", at=on(11, 28, 8, 30 + number)),
            ],
        )
    await keep(memory, ada, [Line("Where is my umbrella?", at=on(11, 28, 8, 50))])

    for asked in ("What did we talk about today?", "De quoi a-t-on parlé aujourd'hui ?"):
        assert await texts(memory, ada, asked) == [f"I bought a kettle of kind {kind}." for kind in "bcdefghi"]


async def test_what_an_agent_told_stands_for_a_thread_in_which_the_person_only_asked(
    memory: Memory, ada: Person
) -> None:
    for number in range(9):
        await keep(memory, ada, [Line("What is the tallest tower?", at=on(11, 27, 7, number))])
    await keep(
        memory,
        ada,
        [
            Line("Where do herons sleep?", at=on(11, 27, 6)),
            Line("Herons sleep in trees.", "anima", at=on(11, 27, 6, 1)),
        ],
    )

    for asked in ("What did we talk about yesterday?", "De quoi parlait-on hier ?"):
        found = await texts(memory, ada, asked)
        assert "Herons sleep in trees." in found
        assert "What is the tallest tower?" in found, "that is what was talked about"
        assert "Where do herons sleep?" not in found

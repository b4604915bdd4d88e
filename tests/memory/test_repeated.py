"""What an agent repeated in words of its own is told as no longer so, and what it said of something else is not."""

from datetime import timedelta
from uuid import UUID

import pytest

from emergence.memory.harvest.harvest_turn import SaidTurn, harvest_turn
from emergence.memory.parts import Memory
from emergence.memory.store.keep_items import keep_item
from emergence.memory.store.outdated import news_of
from tests.memory.said_turns import THEN, Line, keep
from tests.session.neighbours import Person

LATER = timedelta(days=1)
HOME = ("I live in Nantes.", "I live in Brest.")
WORK = ("I work at Acme.", "I work at Globex.")
NAME = ("Call me Bob.", "Call me Tom.")
AGE = ("I'm 34 years old.", "I'm 35 years old.")
COLOUR = ("My favourite colour is green.", "My favourite colour is blue.")


async def told(
    memory: Memory, person: Person, said: tuple[str, ...], reply: str, *, in_small_letters: bool = False
) -> list[str]:
    """Return what is told with an agent's reply to the first of what was said, when the rest was said after it."""
    (asked, answer), *_ = [
        await say(memory, person, [Line(text, at=THEN + LATER * day), Line(reply, "neo", THEN + LATER * day)])
        for day, text in enumerate(said)
    ]
    async with memory.rows.of(person.user_id) as tx:
        if in_small_letters:
            await tx.execute("UPDATE facts SET object = lower(object)")
        news = await news_of(tx, person.user_id, [asked, answer])
    assert [each.text for each in news[asked]], "the person's own words are told as such"
    return [each.text for each in news.get(answer, [])]


async def say(memory: Memory, person: Person, lines: list[Line]) -> list[UUID]:
    """Keep a thread of turns, with what the person's state; return their ids."""
    thread = await keep(memory, person, lines)
    async with memory.rows.of(person.user_id) as tx:
        rows = await tx.fetch("SELECT * FROM turns WHERE thread_id = $1 ORDER BY position", thread)
        for row in rows:
            if row["role"] == "user":
                for item in harvest_turn(SaidTurn(row["message_id"], thread, row["said_at"], row["body"])):
                    await keep_item(tx, memory.forgotten_words, person.user_id, item, row["said_at"])
    return [row["message_id"] for row in rows]


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        (HOME, "So Nantes is home for you."),
        (HOME, "Tu habites donc à Nantes."),
        (HOME, "Nantes, c’est chez vous !"),
        (HOME, "I see.\nNantes is where we find you, then."),
        (("I live in St. Malo.", "I live in Brest."), "Oh, your home is St. Malo."),
        (WORK, "Acme is where you earn your living."),
        (WORK, "C'est donc Acme qui te paie."),
        (NAME, "Bob, your order is ready."),
        (AGE, "At 34 you are young."),
        (("I was born in 1984.", "I was born in 1985."), "1984 is your year."),
        (COLOUR, "Green is a fine colour."),
    ],
)
async def test_what_an_agent_repeats_in_other_words_is_told(
    memory: Memory, ada: Person, said: tuple[str, str], reply: str
) -> None:
    assert len(await told(memory, ada, said, reply)) == 1


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        (HOME, "Nantes has a fine castle."),
        (HOME, "Nantes a un beau château."),
        (HOME, "Nantes has a fine castle. Shall I tell you more?"),
        (HOME, "What a fine castle! You should see it."),
        (HOME, "Nantes weighs a ton in the US economy, and can't lose."),
        (WORK, "Acme made 3 billion last year."),
        (AGE, "Chapter 34 is the longest."),
        (COLOUR, "Green beans would suit you."),
        (("I like tea.", "I don't like tea any more."), "Your tea is ready."),
    ],
)
async def test_what_an_agent_says_of_something_else_is_left_alone(
    memory: Memory, ada: Person, said: tuple[str, str], reply: str
) -> None:
    assert await told(memory, ada, said, reply) == []


async def test_a_place_is_a_name_however_it_was_typed(memory: Memory, ada: Person, bob: Person) -> None:
    assert await told(memory, ada, HOME, "So Nantes is home for you.", in_small_letters=True) == ["Lives in Brest"]
    trade = ("I work as a nurse.", "I work as a baker.")
    assert await told(memory, bob, trade, "A nurse looked after you.", in_small_letters=True) == []

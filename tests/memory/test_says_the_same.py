"""What says the same as before is no news; what ends it, denies it or wishes the contrary is, though in its words."""

import pytest

from emergence.contracts.memory.items import ChangeItem
from emergence.memory.items.forget import forget_turn
from emergence.memory.items.look import list_items
from emergence.memory.items.write import change_item
from emergence.memory.parts import Memory
from emergence.memory.store.outdated import news_of
from tests.memory.said_turns import THEN, Line
from tests.memory.test_repeated import LATER, say
from tests.session.neighbours import Person

ODILE = "My sister Odile lives in Brest."


async def corrected(memory: Memory, person: Person, said: str, reply: str, now: list[str]) -> list[list[str]]:
    """Return what is told with what was said, and with the reply to it, once the item of the home reads otherwise."""
    ids = await say(memory, person, [Line(said), Line(reply, "neo")])
    items, _ = await list_items(memory, person.user_id, kind=None, state="active", after=None, limit=9)
    (item,) = (each for each in items if not each.text.startswith("Sister"))
    for text in now:
        item = await change_item(memory, person.user_id, item.id, ChangeItem(text=text))
    async with memory.rows.of(person.user_id) as tx:
        news = await news_of(tx, person.user_id, ids)
    return [[each.text for each in news.get(message, [])] for message in ids]


@pytest.mark.parametrize(
    ("said", "reply", "now"),
    [
        (ODILE, "Your sister Odile lives in Brest.", ["Odile lives in Quimper", "My sister Odile lives in Brest"]),
        (ODILE, "So Odile lives in Brest.", ["Odile lives in Quimper", "My sister Odile lives in Brest"]),
        (ODILE, "Odile, your sister, is living in Brest.", ["Odile lives in Brest, my sister"]),
        ("I live in Nantes.", "Tu habites à Nantes.", ["Lives in Brest", "Habite à Nantes"]),
        ("I live in Nantes.", "So Nantes is home for you.", ["Lives in Brest", "Lives in Quimper", "I live in Nantes"]),
        ("Remember that my locker is number 12.", "Your locker is number 12.", ["x", "Number 12 is my locker"]),
    ],
)
async def test_a_correction_back_to_the_same_is_no_news(
    memory: Memory, ada: Person, said: str, reply: str, now: list[str]
) -> None:
    assert await corrected(memory, ada, said, reply, now) == [[], []]


@pytest.mark.parametrize(
    ("said", "reply", "now"),
    [
        (ODILE, "So Odile lives in Brest.", ["Odile does not live in Brest"]),
        (ODILE, "So Odile lives in Brest.", ["My sister Odile lives in Brest, Michigan"]),
        (ODILE, "So your sister lives in Brest.", ["Odile lives in Quimper", "Odile n'habite plus à Brest"]),
        ("I moved from Brest: I live in Nantes.", "You live in Nantes.", ["Lives in Brest"]),
        ("I work at Acme and Globex.", "You work at Acme and Globex.", ["Works at Acme"]),
        ("I'm allergic to nuts.", "You are allergic to nuts.", ["Intolerant to nuts"]),
    ],
)
async def test_a_correction_in_words_that_were_said_is_news_where_it_says_otherwise(
    memory: Memory, ada: Person, said: str, reply: str, now: list[str]
) -> None:
    assert await corrected(memory, ada, said, reply, now) == [now[-1:], now[-1:]]


@pytest.mark.parametrize(
    ("said", "then", "now"),
    [
        ("I work at Acme.", "I no longer work at Acme.", "No longer works at Acme"),
        ("Je travaille chez Acme.", "Je ne travaille plus chez Acme.", "Ne travaille plus chez Acme"),
        ("I'm allergic to nuts.", "I'm not allergic to nuts.", "Not allergic to nuts"),
        ("I have asthma.", "I no longer have asthma.", "No longer has asthma"),
        ("I'm vegan.", "I'm no longer vegan.", "No longer vegan"),
        ("J'aime le thé.", "Je n'aime plus le thé.", "N’aime pas le thé"),
        ("Never use emojis.", "You may use emojis again.", "You may use emojis again"),
        ("I no longer work at Acme.", "I work at Acme.", "Works at Acme"),
    ],
)
async def test_an_end_is_told_though_it_names_the_same_thing(
    memory: Memory, ada: Person, said: str, then: str, now: str
) -> None:
    (first,) = await say(memory, ada, [Line(said)])
    (second,) = await say(memory, ada, [Line(then, at=THEN + LATER)])

    async with memory.rows.of(ada.user_id) as tx:
        news = await news_of(tx, ada.user_id, [first, second])

    assert {message: [each.text for each in told] for message, told in news.items()} == {first: [now]}


async def test_an_answer_that_knows_the_end_is_left_alone(memory: Memory, ada: Person) -> None:
    *_, answer = await say(
        memory,
        ada,
        [
            Line("I work at Acme."),
            Line("I no longer work at Acme.", at=THEN + LATER),
            Line("So you no longer work at Acme.", "neo", at=THEN + LATER),
        ],
    )

    async with memory.rows.of(ada.user_id) as tx:
        assert await news_of(tx, ada.user_id, [answer]) == {}


async def test_what_was_forgotten_in_between_leaves_the_last_word(memory: Memory, ada: Person) -> None:
    towns = [
        (await say(memory, ada, [Line(f"I live in {town}.", at=THEN + day * LATER), Line(f"{town} is yours.", "neo")]))
        for day, town in enumerate(("Nantes", "Brest", "Quimper"))
    ]
    await forget_turn(memory, ada.user_id, towns[1][0])

    async with memory.rows.of(ada.user_id) as tx:
        news = await news_of(tx, ada.user_id, [message for both in towns for message in both])

    now = ["Lives in Quimper"]
    assert {message: [each.text for each in told] for message, told in news.items()} == dict.fromkeys(towns[0], now)


async def test_nobody_is_told_of_what_another_person_said(memory: Memory, ada: Person, bob: Person) -> None:
    hers = await say(memory, ada, [Line("I live in Nantes."), Line("So Nantes is home for you.", "neo")])
    await say(memory, ada, [Line("I live in Brest.", at=THEN + LATER)])
    his = await say(memory, bob, [Line("I like Nantes."), Line("So Nantes is home for you.", "neo")])

    async with memory.rows.of(bob.user_id) as tx:
        assert await news_of(tx, bob.user_id, [*hers, *his]) == {}
    async with memory.rows.of(ada.user_id) as tx:
        assert set(await news_of(tx, ada.user_id, [*hers, *his])) == set(hers)


async def test_things_that_took_each_others_place_have_no_last_word(memory: Memory, ada: Person) -> None:
    ids = await say(memory, ada, [Line("I live in Nantes."), Line("So Nantes is home for you.", "neo")])
    await say(memory, ada, [Line("I live in Brest.", at=THEN + LATER)])

    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute(
            "INSERT INTO links (user_id, from_id, to_id, kind) SELECT user_id, to_id, from_id, kind FROM links"
        )
        await tx.execute("UPDATE items SET state = 'superseded'")
        assert await news_of(tx, ada.user_id, ids) == {}

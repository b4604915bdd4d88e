"""A correction is kept as what it says now: later statements about the same meet it, and nothing else does."""

from typing import Any

import pytest

from tests.memory.items_at import ITEMS, call, texts, write
from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person
from tests.session.threads.talking import talked


async def say(served: ServedMemory, person: Person, said: str) -> None:
    await talked(served.session, person, said, answers=["Ah."])
    await served.settled()


async def corrected(served: ServedMemory, person: Person, said: str, text: str) -> dict[str, Any]:
    """Say something, correct the item that it makes, and return what is kept of the new version."""
    await say(served, person, said)
    (item,) = (await call(served, person, "GET", ITEMS))["items"]
    await call(served, person, "PATCH", f"{ITEMS}/{item['id']}", {"text": text})
    async with served.parts.rows.of(person.user_id) as tx:
        row = await tx.fetchrow(
            """
            SELECT language, key, value, scope, sign(strength) AS side, predicate, object FROM items
            LEFT JOIN preferences ON preferences.item_id = id LEFT JOIN facts ON facts.item_id = id
            WHERE state = 'active'
            """
        )
    assert row is not None
    return {name: value for name, value in dict(row).items() if value is not None}


@pytest.mark.parametrize(
    ("said", "text", "kept"),
    [
        ("J’aime la confiture.", "x", {"language": "", "key": "written:x", "value": "x", "side": 1}),
        ("J’aime la confiture.", "Likes honey", {"language": "en", "key": "likes:honey", "value": "honey", "side": 1}),
        ("I like jam.", "Dislikes jam", {"language": "en", "key": "likes:jam", "value": "jam", "side": -1}),
        ("I like jam.", "N’aime pas le miel", {"language": "fr", "key": "likes:miel", "value": "le miel", "side": -1}),
        ("I'm vegan.", "Is vegetarian", {"language": "en", "key": "diet", "value": "vegetarian", "side": 1}),
        (
            "With Neo, never use lists.",
            "Never use emojis",
            {"language": "en", "key": "answers.emoji", "value": "emoji", "side": -1, "scope": "neo"},
        ),
    ],
)
async def test_a_corrected_wish_has_the_key_and_language_of_what_it_says(
    served: ServedMemory, ada: Person, said: str, text: str, kept: dict[str, Any]
) -> None:
    assert await corrected(served, ada, said, text) == {"scope": "everywhere"} | kept


async def test_a_corrected_fact_tells_what_it_says(served: ServedMemory, ada: Person) -> None:
    assert await corrected(served, ada, "J’habite à Nantes.", "Lives in Brest") == {
        "language": "en", "predicate": "lives_in", "object": "Brest",
    }  # fmt: skip


async def test_what_is_said_later_meets_what_a_correction_says_now(served: ServedMemory, ada: Person) -> None:
    await corrected(served, ada, "I like jam.", "Likes honey")
    await say(served, ada, "I hate jam.")
    assert set(await texts(served, ada)) == {"Likes honey", "Dislikes jam"}

    await say(served, ada, "I hate honey.")
    assert set(await texts(served, ada)) == {"Dislikes honey", "Dislikes jam"}


async def test_what_is_written_takes_the_place_of_what_was_said(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "I live in Nantes. I like jam.")
    await call(served, ada, "POST", ITEMS, {"kind": "fact", "text": "Lives in Brest"}, status=201)
    await call(served, ada, "POST", ITEMS, {"kind": "preference", "text": "Je n’aime pas jam"}, status=201)
    assert set(await texts(served, ada)) == {"Lives in Brest", "Je n’aime pas jam"}

    await say(served, ada, "I live in Quimper.")
    assert set(await texts(served, ada)) == {"Lives in Quimper", "Je n’aime pas jam"}


async def test_what_is_written_as_a_note_takes_the_place_of_nothing(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "I live in Nantes.")
    await call(served, ada, "POST", ITEMS, {"kind": "note", "text": "I live in Brest"}, status=201)
    assert set(await texts(served, ada)) == {"Lives in Nantes", "I live in Brest"}


async def test_every_version_of_what_was_written_goes_with_it_and_nothing_else(
    served: ServedMemory, ada: Person
) -> None:
    await write(served, ada, "I live in Ghent", "fact")
    item = str(await write(served, ada, "J’habite à Bruges", "fact"))
    for town in ("Brugge", "Bruges-la-Morte"):
        item = (await call(served, ada, "PATCH", f"{ITEMS}/{item}", {"text": f"J’habite à {town}"}))["id"]
    versions = (await call(served, ada, "GET", f"{ITEMS}/{item}"))["versions"]
    assert [version["text"] for version in versions] == ["J’habite à Brugge", "J’habite à Bruges"]

    await call(served, ada, "DELETE", f"{ITEMS}/{item}", status=204)

    assert (await texts(served, ada), await texts(served, ada, "superseded")) == (["I live in Ghent"], [])

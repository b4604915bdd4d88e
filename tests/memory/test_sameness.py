"""Which words count as the same, in the database."""

import pytest

from emergence.memory.parts import Memory
from emergence.memory.store.wishes import is_same_wish
from tests.memory.items_at import texts
from tests.memory.served_memory import ServedMemory
from tests.memory.test_keep_harvest import kept
from tests.memory.test_what_ends import say
from tests.session.neighbours import Person


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("I love C#", "I love C++", False),
        ("Rent is $500", "Rent is €500", False),
        ("Freezer at -5", "Freezer at 5", False),
        ("Score 1.5", "Score 1/5", False),
        ("👍", "🎉", False),
        ("J’aime le thé.", "j'aime  le the", True),
        ("« Bonjour », dit-elle !", "Bonjour, dit-elle", True),
        ("Really?!", "really", True),
    ],
)
async def test_which_words_are_the_same(memory: Memory, ada: Person, one: str, other: str, is_same: bool) -> None:
    async with memory.rows.of(ada.user_id) as tx:
        assert await tx.fetchval("SELECT sameness($1) = sameness($2)", one, other) is is_same


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Always answer in French", "Réponds toujours en français", True),
        ("Never use emojis", "N’utilise jamais d’emojis", True),
        ("Use formal language", "Réponds toujours de façon formelle", True),
        ("Always reply briefly", "Réponds-moi toujours brièvement", True),
        ("Always answer formally", "Réponds toujours formellement", True),
        ("Always answer in French", "Réponds toujours en anglais", False),
        ("Always use bullet points", "N’utilise jamais de puces", False),
        ("Always answer in French", "Always answer briefly in French", False),
        ("Always answer in French", "Réponds toujours en français, sauf pour le code", False),
        ("I like tea", "J’aime le thé", False),
    ],
)
def test_a_wish_about_answers_is_the_same_in_either_language(one: str, other: str, is_same: bool) -> None:
    assert is_same_wish(one, other) is is_same
    assert is_same_wish(other, one) is is_same


async def test_one_wish_in_two_languages_is_kept_once(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "Always answer in French.", "Réponds toujours en français.", "Always answer in French.")

    (row,) = await kept(served, ada)
    assert row["quotes"] == ["Always answer in French.", "Réponds toujours en français.", "Always answer in French."]

    await say(served, ada, "Réponds toujours en français, sauf pour le code.", "With Neo, always answer in French.")
    assert len(await texts(served, ada)) == 3

    await say(served, ada, "Always answer in English.", "Réponds toujours en français.")
    assert "Réponds toujours en français" in await texts(served, ada), "the latest said counts"

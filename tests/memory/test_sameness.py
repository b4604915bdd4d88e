"""Which words count as the same, in the database."""

import pytest

from emergence.memory.parts import Memory
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

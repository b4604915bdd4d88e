"""Messages that the former system tells with other ids are known by who said them, the words and the second."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from emergence.session.imports.known_again import Said, known_again

BEGUN = datetime(2024, 3, 4, 9, tzinfo=UTC)


def told(key: str, text: str, second: float = 0, role: str = "user", agent: str | None = None) -> Said[str]:
    return Said(key, role, agent, text, BEGUN + timedelta(seconds=second))


def here(number: int, text: str, second: float = 0, role: str = "user", agent: str | None = None) -> Said[UUID]:
    return Said(UUID(int=number), role, agent, text, BEGUN + timedelta(seconds=second))


def test_split_seconds_and_agents_may_be_told_otherwise() -> None:
    again = known_again(
        [told("a", "Where?", 1.25), told("b", "There.", 2, "agent", "neo")],
        [here(1, "Where?", 1.75), here(2, "There.", 2, "agent", "anima")],
    )

    assert again == {"a": UUID(int=1), "b": UUID(int=2)}


@pytest.mark.parametrize(
    "other",
    [here(1, "Here?"), here(1, "Where?", 1), here(1, "Where?", role="agent"), here(1, "Where?", 3600)],
)
def test_other_words_another_second_or_somebody_else_is_another_message(other: Said[UUID]) -> None:
    assert known_again([told("a", "Where?")], [other]) == {}


def test_notes_and_the_system_are_not_taken_for_agents() -> None:
    assert known_again([told("a", "Brief.", 0, "agent", "system")], [here(1, "Brief.", 0, "agent", "neo")]) == {}


def test_without_a_time_of_its_own_the_words_are_enough_and_each_is_found_once() -> None:
    again = known_again(
        [told("a", "Yes.", 60), told("b", "Yes.", 120), told("c", "Yes.", 180)],
        [here(1, "Yes.", 120), replace(here(2, "Yes."), has_own_time=False)],
    )

    assert again == {"b": UUID(int=1), "a": UUID(int=2)}

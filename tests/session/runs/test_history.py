"""What an agent is shown of a thread."""

from datetime import UTC, datetime
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from emergence.contracts.session.threads import Message, Part
from emergence.session.runs.history import bounded_turns


def said(role: str, text: str) -> Message:
    return Message.model_validate(
        {
            "id": uuid4(),
            "thread": uuid4(),
            "role": role,
            "status": "complete",
            "parts": [Part(text=text)],
            "created_at": datetime.now(UTC),
        }
    )


def shown(messages: list[Message], limit: int) -> list[str]:
    return [turn.text for turn in bounded_turns(messages[::-1], limit)]


def test_the_newest_messages_that_fit_are_kept_whole() -> None:
    thread = [
        said("user", "a" * 10),
        said("agent", "b" * 10),
        said("user", "c" * 10),
        said("agent", "d"),
        said("user", "e"),
    ]

    assert shown(thread, 100) == ["a" * 10, "b" * 10, "c" * 10, "d", "e"]
    assert shown(thread, 12) == ["c" * 10, "d", "e"]
    assert shown(thread, 11) == ["e"]


def test_the_question_is_whole_even_when_it_alone_is_too_long() -> None:
    assert shown([said("user", "before"), said("user", "x" * 50)], 10) == ["x" * 50]


@given(st.lists(st.tuples(st.sampled_from(["user", "agent"]), st.integers(1, 30)), max_size=20), st.integers(0, 200))
def test_what_is_shown_begins_with_a_user_ends_with_the_question_and_fits(
    earlier: list[tuple[str, int]], limit: int
) -> None:
    thread = [said(role, "x" * length) for role, length in earlier] + [said("user", "?")]

    turns = bounded_turns(thread[::-1], limit)

    assert turns[0].role == "user"
    assert turns[-1].text == "?"
    assert len(turns) == 1 or sum(len(turn.text) for turn in turns) <= limit

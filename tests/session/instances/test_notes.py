"""What one instance tells another fits into the notes of the bus, whatever it is, and comes out as it went in."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence.kernel.ids import new_id
from emergence.session.frames import DeltaFields, LoggedFrame, logged_delta
from emergence.session.instances.notes import Position, TypingNote, Unsaid, Written, packed, read_frame, read_note

AT = datetime(2026, 5, 1, tzinfo=UTC)
LIMIT = 2_000


def delta(topic: str, seq: int, text: str) -> LoggedFrame:
    return logged_delta(topic, seq, AT, DeltaFields(new_id(), 0, 0, text))


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).flatmap(
    lambda text: st.integers(1, 60).map(lambda times: text * times)
)
WRITTEN = st.lists(
    st.tuples(st.integers(0, 2), st.lists(TEXT, min_size=1, max_size=5)),
    max_size=8,
)


@given(WRITTEN, st.integers(0, 60), st.integers(0, 60), st.integers(0, 20))
def test_everything_arrives_in_order_and_no_note_is_too_long(
    of_users: list[tuple[int, list[str]]], halts: int, moves: int, typings: int
) -> None:
    users = [uuid4() for _ in range(3)]
    written = [
        Written(users[whose], [delta(f"run:{place}", seq, text) for seq, text in enumerate(texts, 1)])
        for place, (whose, texts) in enumerate(of_users)
    ]
    halted, moved = [uuid4() for _ in range(halts)], [uuid4() for _ in range(moves)]
    typing = [TypingNote(uuid4(), uuid4(), uuid4() if place % 2 else None) for place in range(typings)]

    notes = packed("instance-of-one", written, Unsaid(halted, moved, typing), max_bytes=LIMIT)

    assert max(len(note.encode()) for note in notes) <= LIMIT
    read = [read_note(note) for note in notes]
    assert {note.sender for note in read} == {"instance-of-one"}
    assert [run_id for note in read for run_id in note.halted] == halted
    assert [user_id for note in read for user_id in note.moved] == moved
    assert [writing for note in read for writing in note.typing] == typing
    came = [(told.user, read_frame(raw)) for note in read for told in note.told for raw in told.frames]
    went = [(item.user_id, frame) for item in written for frame in item.frames]
    assert [(user, frame.topic, frame.seq) for user, frame in came] == [(u, f.topic, f.seq) for u, f in went]
    for (_, heard), (_, said) in zip(came, went, strict=True):
        assert isinstance(heard, Position) or heard == said
        assert not isinstance(heard, Position) or len(said.json.encode()) > LIMIT / 2


def test_a_note_without_news_says_who_is_there() -> None:
    (note,) = packed("here", [], Unsaid(), max_bytes=LIMIT)

    assert json.loads(note)["sender"] == "here"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sender": 1}', '{"sender": "a", "told": 3}'])
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_note(text)

"""What one instance tells the others: frames that are in the log, runs to halt, or only that it is there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from emergence.session.frames import LoggedFrame, logged_frame

_ROOM_FOR_NOTE = 120  # its sender, its lists' names and its punctuation
_ROOM_FOR_USER = 60
_ROOM_FOR_ID = 39
_ROOM_FOR_TYPING = 160


class UserFrames(msgspec.Struct):
    """Frames of one user's topics, each the JSON that sockets get, or topic and number of one that is too long."""

    user: UUID
    frames: list[msgspec.Raw]


class TypingNote(msgspec.Struct):
    """A person writes somewhere."""

    user: UUID
    session: UUID
    thread: UUID | None


class Note(msgspec.Struct):
    """One note. `asks` has every other instance say that it is there; `moved` are people who came or went."""

    sender: str
    asks: bool = False
    told: list[UserFrames] = []
    halted: list[UUID] = []
    moved: list[UUID] = []
    typing: list[TypingNote] = []


class Position(msgspec.Struct):
    """Where a frame stands; `type` is empty when only that is known of it."""

    topic: str
    seq: int
    type: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """Frames of a user that were just committed."""

    user_id: UUID
    frames: Sequence[LoggedFrame]


_encoder = msgspec.json.Encoder()
_note_decoder = msgspec.json.Decoder(Note)
_position_decoder = msgspec.json.Decoder(Position)


def question(sender: str) -> str:
    """Return the note of an instance that has just begun to listen."""
    return _encoder.encode(Note(sender, asks=True)).decode()


@dataclass(slots=True)
class Unsaid:
    """What waits to be told to the other instances, beside frames."""

    halted: list[UUID] = field(default_factory=list)
    moved: list[UUID] = field(default_factory=list)
    typing: list[TypingNote] = field(default_factory=list)


def packed(sender: str, written: Iterable[Written], unsaid: Unsaid, *, max_bytes: int) -> list[str]:
    """Return notes that say all of this, none longer than `max_bytes`, in the order of `written`."""
    room = max_bytes - _ROOM_FOR_NOTE
    notes = [Note(sender)]
    left = room
    for name, size in (("halted", _ROOM_FOR_ID), ("moved", _ROOM_FOR_ID), ("typing", _ROOM_FOR_TYPING)):
        for item in getattr(unsaid, name):
            if left < size:
                notes.append(Note(sender))
                left = room
            getattr(notes[-1], name).append(item)
            left -= size
    for item in written:
        for frame in item.frames:
            raw = frame.json.encode()
            if len(raw) + _ROOM_FOR_USER > room:
                raw = _encoder.encode(Position(frame.topic, frame.seq))
            told = notes[-1].told
            is_new = not told or told[-1].user != item.user_id
            needed = len(raw) + 1 + (_ROOM_FOR_USER if is_new else 0)
            if needed > left:
                notes.append(Note(sender))
                told, left, is_new = notes[-1].told, room, True
                needed = len(raw) + 1 + _ROOM_FOR_USER
            if is_new:
                told.append(UserFrames(item.user_id, []))
            told[-1].frames.append(msgspec.Raw(raw))
            left -= needed
    return [_encoder.encode(note).decode() for note in notes]


def read_note(text: str) -> Note:
    """Return what a note says. Raises msgspec.DecodeError."""
    return _note_decoder.decode(text)


def read_frame(raw: msgspec.Raw) -> LoggedFrame | Position:
    """Return a frame of a note, or its place when it was too long for one. Raises msgspec.DecodeError."""
    position = _position_decoder.decode(raw)
    if not position.type:
        return position
    return logged_frame(position.topic, position.seq, position.type, bytes(raw).decode())

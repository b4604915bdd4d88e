"""Frames as they are logged and sent: numbered, encoded once, whoever hears them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from emergence.contracts.session.envelope import Data, TopicFrame
from emergence.kernel.ids import new_id

DELTA: Literal["message.delta"] = "message.delta"


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of which message a delta belongs to, and how many code points that part has after it."""

    message: UUID
    part: int
    end: int


@dataclass(frozen=True, slots=True)
class LoggedFrame:
    """One frame of a topic as every socket gets it; `span` is set for deltas only."""

    topic: str
    seq: int
    type: str
    json: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A frame that has no number yet: its class, its topic and what it says."""

    kind: Callable[..., TopicFrame]
    topic: str
    data: Data

    def numbered(self, seq: int, at: datetime) -> LoggedFrame:
        """Return the frame under its number."""
        frame = self.kind(id=new_id(), at=at, topic=self.topic, seq=seq, data=self.data)
        return LoggedFrame(self.topic, seq, str(getattr(frame, "type")), frame.model_dump_json())  # noqa: B009


class DeltaFields(msgspec.Struct, frozen=True):
    """`DeltaData` of the contract, for the one frame that is encoded thousands of times."""

    message: UUID
    part: int
    offset: int
    text: str


class DeltaFrame(msgspec.Struct, frozen=True):
    """`Delta` of the contract; a test holds the two together."""

    id: UUID
    at: datetime
    topic: str
    seq: int
    data: DeltaFields
    type: Literal["message.delta"] = DELTA


_encoder = msgspec.json.Encoder()
_delta_decoder = msgspec.json.Decoder(DeltaFrame)


def logged_delta(topic: str, seq: int, at: datetime, delta: DeltaFields) -> LoggedFrame:
    """Return a delta, encoded."""
    frame = DeltaFrame(id=new_id(), at=at, topic=topic, seq=seq, data=delta)
    span = Span(delta.message, delta.part, delta.offset + len(delta.text))
    return LoggedFrame(topic, seq, DELTA, _encoder.encode(frame).decode(), span)


def read_delta(json: str) -> DeltaFields:
    """Return what a logged delta says."""
    return _delta_decoder.decode(json).data


def logged_frame(topic: str, seq: int, kind: str, json: str) -> LoggedFrame:
    """Return a frame as it was read from the log."""
    if kind != DELTA:
        return LoggedFrame(topic, seq, kind, json)
    delta = read_delta(json)
    return LoggedFrame(topic, seq, kind, json, Span(delta.message, delta.part, delta.offset + len(delta.text)))


def storable(text: str) -> str:
    """Return `text` without the one character that PostgreSQL cannot keep (U+0000, shown as U+FFFD)."""
    return text.replace("\x00", "\ufffd")

"""The ids of events: where a client stands once it has one, so that repeating the last id resumes everything."""

import re
from collections.abc import Iterable

import msgspec

from emergence.contracts.session.commands import SEQ_MAX, Position
from emergence.kernel.errors import InvalidRequest

THREADS_NAMED = 20  # those that moved last
RUNS_NAMED = 50  # far more than one person has written at once
POSITIONS_MAX = 200
ID_MAX_CHARACTERS = 16_000

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_POSITION = re.compile(rf"((?:user|thread|run):{_UUID})=(0|[1-9][0-9]{{0,18}})", re.ASCII)
EXAMPLE = "user:<id>=12 thread:<id>=5 run:<id>=42"


class _Numbered(msgspec.Struct):
    upto_seq: int = 0
    seq: int = 0


class _Standing(msgspec.Struct):
    """What of a frame says where its topic stands."""

    type: str
    topic: str = ""
    seq: int = 0


class _Jumping(msgspec.Struct):
    """A frame that stands for all before it."""

    data: _Numbered


_standing = msgspec.json.Decoder(_Standing)
_jumping = msgspec.json.Decoder(_Jumping)


def read_event_id(text: str, place: str) -> list[Position]:
    """Return the positions that an id names; `place` is where it stood. Raises InvalidRequest."""
    words = text.split(" ") if text.strip(" ") else []
    found = [_POSITION.fullmatch(word) for word in words if word]
    named = {match[1]: int(match[2]) for match in found if match is not None}
    is_readable = len(text) <= ID_MAX_CHARACTERS and None not in found and len(named) == len(found) <= POSITIONS_MAX
    if not is_readable or max(named.values(), default=0) > SEQ_MAX:
        reason = {"place": place, "reason": f"is not like `{EXAMPLE}`"}
        raise InvalidRequest(
            "Send the `id` of the last event that you have, as it came, or nothing.", members={"errors": [reason]}
        )
    return [Position(topic=topic, seq=seq) for topic, seq in named.items()]


class EventIds:
    """Follows one stream: which number the client has of each topic that matters.

    A number is named only when everything before it was sent, too: where one snapshot stands for many
    frames, those sent before it do not count until it has come.
    """

    def __init__(self) -> None:
        self._positions: dict[str, int] = {}

    def start(self, positions: Iterable[tuple[str, int]]) -> None:
        """Begin with what the client has, the topics that moved last at the end."""
        self._positions = dict(positions)
        self._bound()

    def forget(self, topic: str) -> None:
        """Name a topic no more."""
        self._positions.pop(topic, None)

    def after(self, json: str) -> str | None:
        """Return the id of the event that carries this frame, or None when it belongs to no topic."""
        frame = _standing.decode(json)
        if frame.type == "welcome":
            return str(self)
        if not frame.topic:
            return None
        if frame.type == "run.ended":
            self.forget(frame.topic)
        elif frame.type in ("message.snapshot", "topic.reset"):
            data = _jumping.decode(json).data
            self._stand(frame.topic, data.upto_seq or data.seq)
        elif frame.seq == self._next(frame.topic, frame.seq):
            self._stand(frame.topic, frame.seq)
        return str(self)

    def __str__(self) -> str:
        return " ".join(f"{topic}={seq}" for topic, seq in self._positions.items())

    def _next(self, topic: str, seq: int) -> int:
        return self._positions.get(topic, 0 if topic.startswith("run:") else seq - 1) + 1

    def _stand(self, topic: str, seq: int) -> None:
        self._positions.pop(topic, None)
        self._positions[topic] = seq
        self._bound()

    def _bound(self) -> None:
        for kind, limit in (("thread:", THREADS_NAMED), ("run:", RUNS_NAMED)):
            named = [topic for topic in self._positions if topic.startswith(kind)]
            for topic in named[: max(0, len(named) - limit)]:
                del self._positions[topic]

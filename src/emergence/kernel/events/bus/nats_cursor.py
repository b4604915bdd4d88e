"""How far a subscriber has read a stream of NATS: a position that only grows, written by whoever read it last."""

from dataclasses import dataclass

from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from emergence.kernel.events.nats_line import as_unavailable


@dataclass(slots=True)
class Cursor:
    """A position within the stream `of_stream`, which is named by when it was made: another one counts anew."""

    bucket: KeyValue
    key: str
    of_stream: str
    position: int
    revision: int

    async def move(self, position: int) -> None:
        """Move on; an older position changes nothing. Raises Unavailable, also when somebody else moved it."""
        if position <= self.position:
            return
        with as_unavailable():
            self.revision = await self.bucket.update(self.key, _text(self.of_stream, position), last=self.revision)
        self.position = position


async def read_cursor(bucket: KeyValue, key: str, of_stream: str) -> Cursor | None:
    """Return where `key` stands, or None when it never read this stream. Raises Unavailable."""
    with as_unavailable():
        try:
            found = await bucket.get(key)
        except KeyNotFoundError:
            return None
    stream, _, position = (found.value or b"").decode().rpartition(" ")
    if stream != of_stream:
        return None
    return Cursor(bucket, key, of_stream, int(position), found.revision or 0)


async def begin_cursor(bucket: KeyValue, key: str, of_stream: str, position: int) -> Cursor:
    """Let `key`, which never read this stream, begin after `position`. Raises Unavailable."""
    with as_unavailable():
        try:
            revision = await bucket.create(key, _text(of_stream, position))
        except KeyWrongLastSequenceError:  # of a stream that is no more
            revision = await bucket.put(key, _text(of_stream, position))
    return Cursor(bucket, key, of_stream, position, revision)


def _text(of_stream: str, position: int) -> bytes:
    return f"{of_stream} {position}".encode()

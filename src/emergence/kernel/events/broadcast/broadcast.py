"""What a broadcast promises: soon, to whoever listens now, and nothing else."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol


class Hearing(Protocol):
    """One process's ear on a channel."""

    async def next_notes(self, at_most: timedelta) -> Sequence[str]:
        """Return the notes that came since the last call, in order; empty when none comes within `at_most`.

        Notes may be lost, doubled or reordered on the way, and one's own come back.
        Raises Unavailable when the line is lost.
        """
        ...


class Broadcast(Protocol):
    """The seam behind which PostgreSQL and NATS stand; on Pub/Sub it is PostgreSQL's."""

    @property
    def note_max_bytes(self) -> int:
        """How long one note may be in UTF-8."""
        ...

    async def send(self, channel: str, notes: Sequence[str]) -> None:
        """Send to every process that listens on `channel`. Raises Unavailable."""
        ...

    def listening(self, channel: str) -> AbstractAsyncContextManager[Hearing]:
        """Yield an ear; what was sent before it is not heard. Raises Unavailable."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...

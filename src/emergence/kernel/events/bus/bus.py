"""What a bus promises: at least once, in order per subject, durable when `append` returns."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event on its way. `payload` is its JSON; `id` is the same in every delivery of it."""

    id: UUID
    name: str
    subject: str
    publisher: str
    published_at: datetime
    payload: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An envelope at its place on the bus; positions grow, with gaps."""

    position: int
    envelope: Envelope


class Subscription(Protocol):
    """One subscriber's way through the events; of one subject they are held by one process at a time."""

    async def next_batch(self, at_most: timedelta) -> Sequence[Delivery]:
        """Return the events after the last acknowledged one, in order; empty when none comes within `at_most`.

        What was not acknowledged is returned again. Raises Unavailable when the bus is lost.
        """
        ...

    async def acknowledge(self, delivery: Delivery) -> None:
        """Say that this event and all before it are dealt with. Raises Unavailable."""
        ...


class Bus(Protocol):
    """The seam behind which PostgreSQL, NATS and Pub/Sub stand."""

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        """Add all of them, in this order; durable when it returns. Raises Unavailable.

        After an error some or all may have been added: append them again, and let inboxes
        drop the doubles.
        """
        ...

    def subscription(self, subscriber: str) -> AbstractAsyncContextManager[Subscription]:
        """Yield the subscription of `subscriber`; wait before while another process holds the events of every subject.

        A new subscriber begins with the oldest event that is kept. Raises Unavailable.
        """
        ...

    async def prune(self) -> None:
        """Drop what nobody needs any more. Idempotent. Raises Unavailable."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...

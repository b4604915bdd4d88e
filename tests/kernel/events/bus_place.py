"""The buses that the tests of events run on, each at a place of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from emergence.kernel.events.bus.bus import Bus, Envelope, Subscription
from emergence.kernel.events.bus.nats import NatsBus
from emergence.kernel.events.bus.postgres import PostgresBus
from emergence.kernel.events.bus.retention import Retention
from emergence.kernel.ids import new_id

KINDS = ("postgres", "nats")
SOON = timedelta(milliseconds=50)


@dataclass(frozen=True)
class BusPlace:
    """Where buses of one kind meet: each `bus()` stands for another process."""

    kind: str
    url: str

    @property
    def drops_doubles(self) -> bool:
        """Whether an event that is appended twice within a moment is there once."""
        return self.kind == "nats"

    def bus(self, retention: Retention | None = None) -> Bus:
        return (NatsBus if self.kind == "nats" else PostgresBus)(self.url, retention=retention)

    def another(self) -> "BusPlace":
        """Return an empty place beside this one, where that costs nothing."""
        return BusPlace(self.kind, f"{self.url.rpartition('/')[0]}/test-{uuid4().hex}")


class BusWithoutAnswer:
    """Appends, and then never returns: what a relay sees that is killed between append and delete."""

    def __init__(self, inner: Bus) -> None:
        self.inner = inner
        self.is_appended = False

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        await self.inner.append(envelopes)
        self.is_appended = True
        await asyncio.Event().wait()

    def subscription(self, subscriber: str) -> AbstractAsyncContextManager[Subscription]:
        return self.inner.subscription(subscriber)

    async def prune(self) -> None:
        await self.inner.prune()

    async def close(self) -> None:
        await self.inner.close()


async def everything_on(bus: Bus) -> list[Envelope]:
    """Return all that is kept, in order, as somebody new finds it."""
    return [envelope async for envelope in _read_all(bus)]


async def _read_all(bus: Bus) -> AsyncIterator[Envelope]:
    async with bus.subscription(f"onlooker-{uuid4().hex}") as subscription:
        while batch := await subscription.next_batch(SOON):
            for delivery in batch:
                yield delivery.envelope
            await subscription.acknowledge(batch[-1])


def envelope(subject: str = "item:pen", name: str = "shop.item_sold.v1", number: int = 1) -> Envelope:
    return Envelope(new_id(), name, subject, "shop", datetime.now(UTC), f'{{"number": {number}}}')

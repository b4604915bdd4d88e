"""The buses that the tests of events run on, each at a place of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from emergence.kernel.events.bus.bus import Bus, Delivery, Envelope, Subscription
from emergence.kernel.events.bus.nats import NatsBus
from emergence.kernel.events.bus.postgres import PostgresBus
from emergence.kernel.events.bus.pubsub import PubsubBus
from emergence.kernel.events.bus.retention import Retention
from emergence.kernel.ids import new_id
from tests.pubsub_emulator import PubsubEmulator

KINDS = ("postgres", "nats", "pubsub")
WITH_TURNS = (
    "postgres",
    "nats",
)  # have one order for all subjects, one process for all of it, and keep count themselves
SOON = timedelta(milliseconds=50)
LONG_ENOUGH = timedelta(milliseconds=150)  # for what is there to arrive over HTTP on a busy machine


@dataclass(frozen=True)
class BusPlace:
    """Where buses of one kind meet: each `bus()` stands for another process."""

    kind: str
    url: str
    emulator: PubsubEmulator | None = None

    @property
    def drops_doubles(self) -> bool:
        """Whether an event that is appended twice within a moment is there once."""
        return self.kind == "nats"

    @property
    def time_to_arrive(self) -> timedelta:
        """How long to wait for what is there already."""
        return LONG_ENOUGH if self.kind == "pubsub" else timedelta(milliseconds=1)

    def bus(self, retention: Retention | None = None) -> Bus:
        if self.kind == "pubsub":
            return PubsubBus(self.url, hosts=self.emulator.hosts if self.emulator else None)
        return (NatsBus if self.kind == "nats" else PostgresBus)(self.url, retention=retention)

    def another(self) -> "BusPlace":
        """Return an empty place beside this one, where that costs nothing."""
        url = f"{self.url.rpartition('/')[0]}/test-{uuid4().hex}"
        if self.emulator is not None:
            self.emulator.make_topic(url)
        return BusPlace(self.kind, url, self.emulator)

    def away(self, port: int) -> "BusPlace":
        """Return a place of this kind where nobody answers."""
        if self.emulator is not None:
            return BusPlace(self.kind, self.url, PubsubEmulator(Path(), Path(), port))
        return BusPlace(self.kind, f"{self.url.partition('://')[0]}://nobody:unused@127.0.0.1:{port}/nothing")


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


async def first_batch(subscription: Subscription) -> Sequence[Delivery]:
    """Return what comes first, however long it takes."""
    async with asyncio.timeout(30):
        while not (batch := await subscription.next_batch(LONG_ENOUGH)):
            pass
    return batch


def by_subject(envelopes: Iterable[Envelope]) -> dict[str, list[Envelope]]:
    """Return the order that a bus promises."""
    found: dict[str, list[Envelope]] = {}
    for each in envelopes:
        found.setdefault(each.subject, []).append(each)
    return found


async def everything_on(bus: Bus) -> list[Envelope]:
    """Return all that is kept, in order, as somebody new finds it."""
    return [envelope async for envelope in _read_all(bus)]


async def _read_all(bus: Bus) -> AsyncIterator[Envelope]:
    async with bus.subscription(f"onlooker-{uuid4().hex}") as subscription:
        is_far = isinstance(bus, PubsubBus)  # and on a busy machine, and makes the subscription first
        at_most = timedelta(seconds=20) if is_far else SOON
        while batch := await subscription.next_batch(at_most):
            at_most = timedelta(seconds=0.7) if is_far else SOON
            for delivery in batch:
                yield delivery.envelope
            await subscription.acknowledge(batch[-1])


def envelope(subject: str = "item:pen", name: str = "shop.item_sold.v1", number: int = 1) -> Envelope:
    return Envelope(new_id(), name, subject, "shop", datetime.now(UTC), f'{{"number": {number}}}')

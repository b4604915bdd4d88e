"""One service's way through the events on Pub/Sub: pulled, or pushed to a route of the service."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Protocol, Self

from emergence.kernel.errors import Unavailable
from emergence.kernel.events.bus.bus import Delivery, Envelope
from emergence.kernel.events.bus.pubsub_api import PubsubApi, PubsubMessage, PubsubMissing, Received

BATCH_SIZE = 100
ACK_DEADLINE = timedelta(seconds=15)  # what was not acknowledged or extended for so long is delivered again
EXTENDED_EVERY = timedelta(seconds=5)
GIVE_BACK_DEADLINE = timedelta(seconds=2)


class OpensMessages(Protocol):
    """What a bus knows about its messages."""

    async def envelope_in(self, message: PubsubMessage, subscriber: str) -> Envelope | None:
        """Return the event in a message, or None when it holds none and was set aside. Raises Unavailable."""
        ...

    async def prepare(self, subscribers: Sequence[str]) -> None:
        """Make what is missing. Raises Unavailable."""
        ...


class PubsubSubscription:
    """What was pulled and not acknowledged is kept here, returned again, and ours for as long as it is extended.

    A process that dies loses it after ACK_DEADLINE; one that is cut off may then handle an event beside another one,
    and the inbox lets one of them win. Positions count the deliveries to this process.
    """

    def __init__(self, bus: OpensMessages, api: PubsubApi, subscriber: str, path: str) -> None:
        self._bus = bus
        self._api = api
        self._subscriber = subscriber
        self._path = path
        self._pulling: asyncio.Task[None] | None = None
        self._waiting: list[Delivery] = []
        self._ack_ids: dict[int, str] = {}
        self._position = 0
        self._turn = asyncio.Lock()
        self._keeping: asyncio.Task[None] | None = None

    async def next_batch(self, at_most: timedelta) -> Sequence[Delivery]:
        """Return the events that are not acknowledged, waiting when there are none."""
        if not self._waiting:
            # Ended early, a pull takes events along that nobody gets until their deadline: it outlives this call.
            pulling = self._pulling = self._pulling or asyncio.create_task(self._pull())
            if (await asyncio.wait({pulling}, timeout=at_most.total_seconds()))[0]:
                self._pulling = None
                pulling.result()
        return tuple(self._waiting)

    async def _pull(self) -> None:
        try:
            found = await self._api.pull(self._path, BATCH_SIZE)
        except PubsubMissing:
            await self._bus.prepare([self._subscriber])
            found = await self._api.pull(self._path, BATCH_SIZE)
        for received in found:
            await self._keep_or_set_aside(received)

    async def _keep_or_set_aside(self, received: Received) -> None:
        envelope = await self._bus.envelope_in(received.message, self._subscriber)
        if envelope is None:
            await self._api.acknowledge(self._path, [received.ack_id])
            return
        self._position += 1
        self._waiting.append(Delivery(self._position, envelope))
        self._ack_ids[self._position] = received.ack_id

    async def acknowledge(self, delivery: Delivery) -> None:
        """Say that this event and those before it are dealt with."""
        dealt_with = [position for position in self._ack_ids if position <= delivery.position]
        if dealt_with:
            try:
                await self._api.acknowledge(self._path, [self._ack_ids[position] for position in dealt_with])
            except PubsubMissing:
                self._forget(self._position)  # somebody deleted the subscription, and with it what waits here
                raise
        self._forget(delivery.position)

    def _forget(self, up_to: int) -> None:
        self._ack_ids = {position: ack_id for position, ack_id in self._ack_ids.items() if position > up_to}
        self._waiting = [each for each in self._waiting if each.position > up_to]

    @asynccontextmanager
    async def held(self) -> AsyncIterator[Self]:
        """Wait until nobody else in this process has it, then yield it; what is waiting waits for the next one."""
        async with self._turn:
            if self._keeping is None:
                self._keeping = asyncio.create_task(self._keep())
            yield self

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(EXTENDED_EVERY.total_seconds())
            if self._ack_ids:
                with suppress(Unavailable):  # it is logged; the next one may come in time
                    await self._api.extend(self._path, list(self._ack_ids.values()), ACK_DEADLINE)

    async def close(self) -> None:
        """End what is under way and give back what was not acknowledged; in an outage its deadline gives it back."""
        under_way = [task for task in (self._pulling, self._keeping) if task is not None]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        self._pulling = self._keeping = None
        if self._ack_ids:
            with suppress(Unavailable, TimeoutError):
                async with asyncio.timeout(GIVE_BACK_DEADLINE.total_seconds()):
                    await self._api.extend(self._path, list(self._ack_ids.values()), timedelta())


class PushedSubscription:
    """Nothing to read here: events come to a route. What is held is still tried again by whoever waits here."""

    async def next_batch(self, at_most: timedelta) -> Sequence[Delivery]:
        """Return nothing, after `at_most`."""
        await asyncio.sleep(at_most.total_seconds())
        return ()

    async def acknowledge(self, delivery: Delivery) -> None:
        """Refuse: nothing was delivered here."""
        raise TypeError("Nothing is delivered here.")

"""Moves what a service published from its outbox to the bus: at least once, in order."""

from datetime import timedelta
from typing import Never

from emergence.kernel.clock import Clock
from emergence.kernel.events import outbox
from emergence.kernel.events.bus.bus import Bus
from emergence.kernel.events.keep_running import keep_running
from emergence.kernel.events.watch import Watch, sole_watch
from emergence.kernel.metrics import gauge
from emergence.kernel.storage.database import Database

BATCH_SIZE = 200
PRUNE_INTERVAL = timedelta(hours=1)

_depth = gauge("outbox_depth", "Events that wait for the relay.", ("service",))
_age = gauge("outbox_oldest_seconds", "Age of the oldest event that waits for the relay.", ("service",))


class Relay:
    """One works per service; relays of other processes stand by.

    `poll` is how long an event may wait when its notification got lost.
    """

    def __init__(self, database: Database, bus: Bus, clock: Clock, *, poll: timedelta = timedelta(seconds=5)) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._poll = poll
        self._pruned_s: float | None = None
        self._measured_s: float | None = None

    async def run(self) -> Never:
        """Relay until cancelled, across outages of the database and the bus."""
        await keep_running(f"relay:{self._database.schema}", self._work)

    async def _work(self) -> None:
        service = self._database.schema
        async with sole_watch(self._database, lock=f"relay:{service}", channel=f"{service}.outbox") as watch:
            while True:
                await self._empty_outbox(watch)
                await self._prune_when_due()
                await watch.wait(self._poll)

    async def _empty_outbox(self, watch: Watch) -> None:
        while True:
            watch.check()
            await self._measure_when_due()
            if await self.move_batch() < BATCH_SIZE:
                return

    async def move_batch(self) -> int:
        """Hand the oldest events to the bus and return how many. Raises Unavailable.

        Between the two steps everything may stop: the bus then gets these events again.
        """
        batch = await outbox.oldest_unsent(self._database, BATCH_SIZE)
        if batch:
            await self._bus.append(batch)
            await outbox.forget(self._database, batch)
        return len(batch)

    async def _measure_when_due(self) -> None:
        now_s = self._clock.elapsed_s()
        if self._measured_s is not None and now_s - self._measured_s < self._poll.total_seconds():
            return
        waiting = await outbox.state(self._database)
        age = self._clock.now() - waiting.oldest if waiting.oldest else timedelta()
        _depth.labels(self._database.schema).set(waiting.depth)
        _age.labels(self._database.schema).set(max(0.0, age.total_seconds()))
        self._measured_s = now_s

    async def _prune_when_due(self) -> None:
        now_s = self._clock.elapsed_s()
        if self._pruned_s is None or now_s - self._pruned_s >= PRUNE_INTERVAL.total_seconds():
            await self._bus.prune()
            self._pruned_s = now_s

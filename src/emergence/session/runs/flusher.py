"""Writes what the runs of this instance say, all together, and only then lets it be heard."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from emergence.kernel.clock import Clock
from emergence.kernel.failure_of import failure_of
from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.kernel.storage.outlast_outage import outlast_outage
from emergence.session.frames import LoggedFrame
from emergence.session.runs.run_log import RunLog
from emergence.session.store.log import RunFrames

log = structlog.get_logger(__name__)

WriteBatch = Callable[[Sequence[RunFrames], datetime], Awaitable[set[UUID]]]
Publish = Callable[[UUID, Sequence[LoggedFrame]], Awaitable[None]]


GATHERED = timedelta(milliseconds=8)


class RunLost(Exception):
    """The run is not ours any more, or could not be written for too long; nothing more of it is sent."""


class Flusher:
    """One loop for all runs: a run is written at once, unless it was less than `interval` ago.

    What falls due within `GATHERED` goes into one write, so that many slow runs cost few of them, and a token
    of each waits hardly. The first text of a run, and its end, wait for neither.

    While the database is away the batch in hand is tried again, text gathers in the runs' logs,
    and nothing is sent. Past `outage_limit` the runs in hand count as lost.
    """

    def __init__(
        self, write: WriteBatch, publish: Publish, clock: Clock, *, interval: timedelta, outage_limit: timedelta
    ) -> None:
        self._write = write
        self._publish = publish
        self._clock = clock
        self._interval_s = interval.total_seconds()
        self._outage_limit = outage_limit
        self._dirty: dict[UUID, RunLog] = {}
        self._hurried: set[UUID] = set()
        self._due = asyncio.Event()
        self._urgent = asyncio.Event()
        self._turned = asyncio.Condition()
        self._in_hand: dict[UUID, RunLog] = {}

    def note(self, run_log: RunLog, *, is_urgent: bool = False) -> None:
        """Write what the run has pending as soon as it is due, or at once."""
        self._dirty[run_log.run.id] = run_log
        if is_urgent:
            self._hurried.add(run_log.run.id)
            self._urgent.set()
        if self._is_due(run_log):
            self._due.set()

    def note_soon(self, run_log: RunLog) -> None:
        """Write what the run has pending with its next text, or after `interval` when none comes."""
        asyncio.get_running_loop().call_later(self._interval_s, self.note, run_log)

    async def flushed(self, run_log: RunLog) -> None:
        """Wait until everything that the run said is written and sent. Raises RunLost."""
        run_id = run_log.run.id
        if run_log.has_pending:
            self.note(run_log, is_urgent=True)
        async with self._turned:
            await self._turned.wait_for(
                lambda: run_log.is_lost or (run_id not in self._in_hand and run_id not in self._dirty)
            )
        if run_log.is_lost:
            raise RunLost(str(run_id))

    async def run(self) -> None:
        """Flush for ever; cancellation ends it between two writes or with the batch unsent."""
        while True:
            await self._until_due()
            started = self._clock.elapsed_s()
            if (failed := await failure_of(self._flush())) is not None:
                log.error("flush_failed", runs=len(self._in_hand), exc_info=failed)
                await self._turn(lost=list(self._in_hand.values()))
            await _wait(self._urgent, GATHERED.total_seconds() - (self._clock.elapsed_s() - started))

    def _is_due(self, run_log: RunLog) -> bool:
        is_hurried = run_log.run.id in self._hurried
        return is_hurried or self._clock.elapsed_s() >= run_log.taken_at_s + self._interval_s

    async def _until_due(self) -> None:
        while not any(map(self._is_due, self._dirty.values())):
            self._due.clear()
            if self._dirty:
                next_s = min(run_log.taken_at_s for run_log in self._dirty.values()) + self._interval_s
                await _wait(self._due, next_s - self._clock.elapsed_s())
            else:
                await self._due.wait()

    async def _flush(self) -> None:
        self._urgent.clear()
        logs = {run_id: run_log for run_id, run_log in self._dirty.items() if self._is_due(run_log)}
        self._dirty = {run_id: run_log for run_id, run_log in self._dirty.items() if run_id not in logs}
        self._hurried.clear()
        self._in_hand = logs
        for run_log in logs.values():
            run_log.taken_at_s = self._clock.elapsed_s()
        batch = [run_log.take(self._clock.now()) for run_log in logs.values() if not run_log.is_lost]
        kept = await self._written([run for run in batch if run.frames])
        for run in batch:
            if run.run_id in kept:
                await self._publish(run.user_id, run.frames)
        await self._turn(lost=[logs[run.run_id] for run in batch if run.frames and run.run_id not in kept])

    async def _turn(self, lost: Iterable[RunLog]) -> None:
        for run_log in lost:
            run_log.is_lost = True
        self._in_hand = {}
        async with self._turned:
            self._turned.notify_all()

    async def _written(self, batch: Sequence[RunFrames]) -> set[UUID]:
        """Return the runs whose frames are in the log for certain."""
        if not batch:
            return set()
        try:
            return await outlast_outage(self._clock, self._outage_limit, lambda: self._write(batch, self._clock.now()))
        except DatabaseUnavailable:
            log.error("run_text_given_up", runs=len(batch))
            return set()


async def _wait(event: asyncio.Event, at_most_s: float) -> None:
    if at_most_s <= 0:
        return
    try:
        async with asyncio.timeout(at_most_s):
            await event.wait()
    except TimeoutError:
        return

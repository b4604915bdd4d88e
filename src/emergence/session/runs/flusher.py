"""Writes what the runs of this instance say, all together, and only then lets it be heard."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from emergence.kernel.clock import Clock
from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.kernel.storage.outlast_outage import outlast_outage
from emergence.session.frames import LoggedFrame
from emergence.session.runs.run_log import RunLog
from emergence.session.store.log import RunFrames

log = structlog.get_logger(__name__)

WriteBatch = Callable[[Sequence[RunFrames], datetime], Awaitable[set[UUID]]]
Publish = Callable[[UUID, Sequence[LoggedFrame]], Awaitable[None]]


class RunLost(Exception):
    """The run is not ours any more, or could not be written for too long; nothing more of it is sent."""


class Flusher:
    """One loop for all runs: the first text of a run at once, then one write every `interval`.

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
        self._wanted = asyncio.Event()
        self._urgent = asyncio.Event()
        self._turned = asyncio.Condition()
        self._in_hand: dict[UUID, RunLog] = {}

    def note(self, run_log: RunLog, *, is_urgent: bool = False) -> None:
        """Write what the run has pending with the next flush, or at once."""
        self._dirty[run_log.run.id] = run_log
        self._wanted.set()
        if is_urgent:
            self._urgent.set()

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
            await self._wanted.wait()
            started = self._clock.elapsed_s()
            try:
                await self._flush()
            except Exception:
                log.exception("flush_failed", runs=len(self._in_hand))
                await self._turn(lost=list(self._in_hand.values()))
            await self._rest(self._interval_s - (self._clock.elapsed_s() - started))

    async def _rest(self, pause_s: float) -> None:
        if pause_s <= 0:
            return
        try:
            async with asyncio.timeout(pause_s):
                await self._urgent.wait()
        except TimeoutError:
            return

    async def _flush(self) -> None:
        self._wanted.clear()
        self._urgent.clear()
        logs, self._dirty = self._dirty, {}
        self._in_hand = logs
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

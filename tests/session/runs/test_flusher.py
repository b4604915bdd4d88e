"""The flusher alone, over a log that a test can break."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from emergence.kernel.clock import SystemClock
from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.session.frames import LoggedFrame, read_delta
from emergence.session.runs.flusher import Flusher, RunLost
from emergence.session.runs.run_log import RunLog
from emergence.session.store.log import RunFrames
from emergence.session.store.runs import StoredRun


@dataclass
class BreakableLog:
    """Keeps what is written, unless it is away; forgets runs that are another's."""

    batches: list[list[RunFrames]] = field(default_factory=list)
    tries: int = 0
    is_away: bool = False
    others: set[UUID] = field(default_factory=set)

    async def write(self, batch: Sequence[RunFrames], _: datetime) -> set[UUID]:
        self.tries += 1
        await asyncio.sleep(0.002)
        if self.is_away:
            raise DatabaseUnavailable()
        self.batches.append([run for run in batch if run.run_id not in self.others])
        return {run.run_id for run in batch} - self.others

    def text(self, run_id: UUID) -> str:
        frames = [frame for batch in self.batches for run in batch if run.run_id == run_id for frame in run.frames]
        return "".join(read_delta(frame.json).text for frame in frames if frame.span is not None)


class RecordingBus:
    """Notes what was published and whether it was written by then."""

    def __init__(self, log: BreakableLog) -> None:
        self.published: list[LoggedFrame] = []
        self._log = log

    async def publish(self, user_id: UUID, frames: Sequence[LoggedFrame]) -> None:
        written = {id(frame) for batch in self._log.batches for run in batch for frame in run.frames}
        assert all(id(frame) in written for frame in frames), "sent before it was written"
        self.published.extend(frames)


def run_log() -> RunLog:
    run = StoredRun(uuid4(), uuid4(), uuid4(), uuid4(), 0, "neo", "en", "here")
    return RunLog(run, last_seq=1)


@asynccontextmanager
async def flushing(log: BreakableLog, outage_limit_s: float = 60) -> AsyncIterator[tuple[Flusher, RecordingBus]]:
    bus = RecordingBus(log)
    flusher = Flusher(
        log.write,
        bus.publish,
        SystemClock(),
        interval=timedelta(milliseconds=40),
        outage_limit=timedelta(seconds=outage_limit_s),
    )
    running = asyncio.create_task(flusher.run())
    try:
        yield flusher, bus
    finally:
        running.cancel()


def say(flusher: Flusher, log: RunLog, text: str) -> None:
    flusher.note(log, is_urgent=log.add_text(text))


async def test_the_first_text_of_each_run_is_written_at_once_and_the_rest_gathers() -> None:
    log = BreakableLog()
    one, two = run_log(), run_log()
    async with flushing(log) as (flusher, _):
        say(flusher, one, "a")
        await asyncio.sleep(0.01)
        say(flusher, two, "b")
        await asyncio.sleep(0.01)
        early = len(log.batches)
        for _ in range(10):
            say(flusher, one, "c")
            say(flusher, two, "d")
        await asyncio.gather(flusher.flushed(one), flusher.flushed(two))

    assert early == 2
    assert len(log.batches) <= 4
    assert (log.text(one.run.id), log.text(two.run.id)) == ("a" + "c" * 10, "b" + "d" * 10)


async def test_all_runs_of_the_instance_share_one_write() -> None:
    log = BreakableLog()
    runs = [run_log() for _ in range(20)]
    async with flushing(log) as (flusher, _):
        for number in range(20):
            for each in runs:
                say(flusher, each, f"{number} ")
            await asyncio.sleep(0.01)
        await asyncio.gather(*(flusher.flushed(each) for each in runs))

    assert log.tries < 15
    assert {log.text(each.run.id) for each in runs} == {"".join(f"{number} " for number in range(20))}


async def test_while_the_database_is_away_nothing_is_sent_and_nothing_is_lost() -> None:
    log = BreakableLog()
    run = run_log()
    async with flushing(log) as (flusher, bus):
        say(flusher, run, "before ")
        await flusher.flushed(run)
        sent = len(bus.published)
        log.is_away = True
        for word in ("kept ", "in ", "memory "):
            say(flusher, run, word)
            await asyncio.sleep(0.1)
        assert len(bus.published) == sent
        log.is_away = False
        await flusher.flushed(run)

    assert log.text(run.run.id) == "before kept in memory "
    assert [frame.seq for frame in bus.published] == list(range(2, 2 + len(bus.published)))


async def test_an_outage_beyond_the_limit_gives_the_run_up() -> None:
    log = BreakableLog(is_away=True)
    run = run_log()
    async with flushing(log, outage_limit_s=0.2) as (flusher, bus):
        say(flusher, run, "lost")
        with pytest.raises(RunLost):
            await flusher.flushed(run)

    assert bus.published == []


async def test_nothing_is_sent_of_a_run_that_another_instance_has_ended() -> None:
    log = BreakableLog()
    mine, others = run_log(), run_log()
    log.others.add(others.run.id)
    async with flushing(log) as (flusher, bus):
        say(flusher, others, "not mine any more")
        say(flusher, mine, "mine")
        await flusher.flushed(mine)
        with pytest.raises(RunLost):
            await flusher.flushed(others)

    assert {frame.topic for frame in bus.published} == {mine.topic}

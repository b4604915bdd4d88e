"""Read from session what events say there is, and keep it: findable by words from then on.

People take turns, a page of one thread each, and a few are read beside each other: a long import delays nobody else.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from emergence.kernel.events.watch import Watch, sole_watch
from emergence.kernel.failure_of import failure_of
from emergence.memory import figures
from emergence.memory.failed_work import is_outage, log_failure, wait_after_failure
from emergence.memory.parts import Memory
from emergence.memory.read_page import Begun, read_page
from emergence.memory.store import reads
from emergence.memory.store.reads import ThreadRead
from emergence.memory.store.vectors import wait_after

log = structlog.get_logger(__name__)

POLL = timedelta(seconds=5)
PEOPLE_AT_ONCE = 3  # beside each other; each may wait for session, or for their own locks
LONGEST_WAIT = timedelta(minutes=5)


@dataclass(slots=True)
class Line:
    """Whose turn it is: after who was last, in the order of their ids; and how far long threads are read."""

    last: UUID = reads.NOBODY
    in_hand: set[UUID] = field(default_factory=set)
    begun: dict[tuple[UUID, UUID], Begun] = field(default_factory=dict)
    taking: asyncio.Lock = field(default_factory=asyncio.Lock)
    told: asyncio.Condition = field(default_factory=asyncio.Condition)
    looks: int = 0

    async def take(self, memory: Memory) -> ThreadRead | None:
        """Return what to read next, of nobody who is being read; theirs is the turn until `leave`."""
        async with self.taking:
            now, in_hand = memory.clock.now(), list(self.in_hand)
            due = await reads.due_reads(memory.database, now, self.last, 1, but_of=in_hand)
            if not due:
                if not in_hand:
                    self.begun.clear()  # what is left was erased meanwhile
                return None
            self.last = due[0].user_id
            self.in_hand.add(self.last)
            return due[0]

    def leave(self, read: ThreadRead) -> None:
        """Let somebody else have the turn."""
        self.in_hand.discard(read.user_id)

    def take_up(self, read: ThreadRead) -> Begun:
        """Return how far it is read, from the beginning where there is news of it."""
        begun = self.begun.pop((read.user_id, read.thread_id), None)
        return Begun(read) if begun is None or begun.read.version != read.version else begun

    def lay_down(self, begun: Begun) -> None:
        """Go on from there the next time."""
        self.begun[begun.read.user_id, begun.read.thread_id] = begun

    async def look_again(self) -> None:
        """Wake who waits for something to be due."""
        async with self.told:
            self.looks += 1
            self.told.notify_all()

    async def wait(self, looks: int) -> None:
        """Return when it was said that there may be something, since there had been so many looks."""
        async with self.told:
            await self.told.wait_for(lambda: self.looks != looks)


async def keep_reading(memory: Memory, people_at_once: int = PEOPLE_AT_ONCE) -> None:
    """Read for ever, one instance at a time. Raises DatabaseUnavailable when that is lost."""
    async with sole_watch(memory.database, lock="memory:reads", channel=reads.CHANNEL) as watch:
        line = Line()
        readers = [asyncio.create_task(_keep_taking_turns(memory, line, watch)) for _ in range(people_at_once)]
        try:
            while True:
                figures.pending_reads.set(await reads.count_reads(memory.database))
                figures.left_out.labels("reading").set(await reads.count_left_out(memory.database))
                await watch.wait(POLL)
                for ended in (reader for reader in readers if reader.done()):
                    ended.result()  # raises: they end in no other way
                await line.look_again()
        finally:
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)


async def _keep_taking_turns(memory: Memory, line: Line, watch: Watch) -> None:
    while True:
        watch.check()
        looks = line.looks
        read = await line.take(memory)
        if read is None:
            await line.wait(looks)
            continue
        try:
            await _read_in_turn(memory, line, read)
        finally:
            line.leave(read)


async def _read_in_turn(memory: Memory, line: Line, read: ThreadRead) -> None:
    async def read_one_page() -> None:
        if (further := await read_page(memory, line.take_up(read))) is not None:
            line.lay_down(further)

    failed = await failure_of(read_one_page())
    if failed is not None:
        await _postpone(memory, read, failed)


async def read_due(memory: Memory) -> bool:
    """Read a thread to its end of a few people each; return whether anything was due. What fails is due again later.

    Raises DatabaseUnavailable.
    """
    due = await reads.due_reads(memory.database, memory.clock.now(), reads.NOBODY, PEOPLE_AT_ONCE)
    done = await asyncio.gather(*(_read_to_its_end(memory, read) for read in due), return_exceptions=True)
    for failed in done:
        if failed is not None:
            raise failed
    return bool(due)


async def _read_to_its_end(memory: Memory, read: ThreadRead) -> None:
    async def read_all() -> None:
        begun: Begun | None = Begun(read)
        while begun is not None:
            begun = await read_page(memory, begun)

    failed = await failure_of(read_all())
    if failed is not None:
        await _postpone(memory, read, failed)


async def _postpone(memory: Memory, read: ThreadRead, failed: Exception) -> None:
    if is_outage(failed):
        wait = wait_after(read.tries, LONGEST_WAIT)
        log.info("thread_not_read", thread_id=str(read.thread_id), code=failed.code, wait_s=wait.total_seconds())
    else:
        wait = wait_after_failure(read.failures)
        log_failure("reading", read.failures, failed, thread_id=str(read.thread_id))
    await reads.postpone(memory.database, read, memory.clock.now() + wait, has_failed=not is_outage(failed))

"""Take a file's conversations in, each whole or not at all, and say how far that is."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from emergence.contracts.chat import UnknownAgent
from emergence.contracts.session.carrying import Import, LeftOut
from emergence.contracts.session.events import ThreadImported
from emergence.contracts.session.threads import Thread
from emergence.kernel.events import outbox
from emergence.kernel.failure_of import failure_of
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import DatabaseUnavailable, Transaction
from emergence.session.frames import LoggedFrame
from emergence.session.imports.found import Found, Refused, Unreadable, told
from emergence.session.imports.open_file import OpenedFile
from emergence.session.parts import Session
from emergence.session.store import carried, log
from emergence.session.store import imports as store
from emergence.session.threads.told import updated

logger = structlog.get_logger(__name__)

PROBLEMS_TOLD = 50
LOOKED_AT_ONCE = 200  # conversations between two signs of life
OUTAGE_PAUSE = timedelta(seconds=2)

Step = Callable[[Transaction, Import], Awaitable[tuple[Import, list[LoggedFrame]]]]


class Ended(Exception):
    """Nobody wants this import any more, or this instance goes away."""


@dataclass(frozen=True, slots=True)
class TakingIn:
    """One file in the hands of this instance."""

    session: Session
    user_id: UUID
    import_id: UUID
    opened: OpenedFile
    agent: str

    async def run(self) -> None:
        """Look at everything first, then take in one conversation after the other; never raises."""
        failed = await failure_of(self._take_in())  # raised, it would take every run of this instance along
        if isinstance(failed, Ended):
            logger.info("import_ended_early", import_id=str(self.import_id))
        elif failed is not None:
            logger.error("import_broke", import_id=str(self.import_id), exc_info=failed)
            await self._give_up()

    async def _give_up(self) -> None:
        """Say that this goes no further, so that its person need not wait to try again; never raises."""
        failed = await failure_of(self._step(self._ended({"state": "interrupted"})))
        if not isinstance(failed, Ended | None):
            logger.error("import_not_ended", import_id=str(self.import_id), exc_info=failed)

    async def _take_in(self) -> None:
        try:
            found = 0
            async with aclosing(self._items()) as items:
                async for _ in items:
                    found += 1
                    if found % LOOKED_AT_ONCE == 0:
                        await self._step(_nothing)
            await self._step(_counted(found))
            number = 0
            async with aclosing(self._items()) as items:
                async for item in items:
                    await self._step(await self._taking(number, item))
                    number += 1
        except Unreadable as refused:
            await self._step(self._ended({"state": "failed", "failure": told(refused)}))
        else:
            await self._step(self._ended({"state": "done"}))

    async def _items(self) -> AsyncGenerator[Found | Refused, None]:
        """Read the file off the event loop. Raises Unreadable, Ended."""
        reading = self.opened.conversations()
        try:
            while (item := await asyncio.to_thread(next, reading, None)) is not None:
                if self.session.imports.is_ending:
                    await self._step(self._ended({"state": "interrupted"}))
                    raise Ended()
                yield item
        finally:
            with suppress(ValueError):  # it is still read when this task is cancelled: memory is freed a little later
                reading.close()

    async def _taking(self, number: int, item: Found | Refused) -> Step:
        agent = await self._known_agent(item.thread.agent) if isinstance(item, Found) else self.agent

        async def step(tx: Transaction, so_far: Import) -> tuple[Import, list[LoggedFrame]]:
            if so_far.imported + so_far.known + so_far.expired + so_far.refused > number:
                return so_far, []  # it was stored before the database was lost
            if isinstance(item, Refused):
                problems = [*so_far.problems, told(item)][:PROBLEMS_TOLD]
                return so_far.model_copy(update={"refused": so_far.refused + 1, "problems": problems}), []
            if self._is_expired(item):
                return so_far.model_copy(update={"expired": so_far.expired + 1}), []
            digest = item.digest()
            if await carried.known_thread(tx, self.user_id, digest) is not None:
                return so_far.model_copy(update={"known": so_far.known + 1}), []
            frames = await self._store(tx, item, agent, digest)
            left_out = _sum(so_far.left_out, item.left_out)
            return so_far.model_copy(update={"imported": so_far.imported + 1, "left_out": left_out}), frames

        return step

    async def _known_agent(self, agent: str) -> str:
        try:
            await self.session.agents.require(agent)
        except UnknownAgent:
            return self.agent
        return agent

    def _is_expired(self, item: Found) -> bool:
        days = self.session.settings.retention_days()
        return days is not None and item.thread.updated_at <= self.session.clock.now() - timedelta(days=days)

    async def _store(self, tx: Transaction, item: Found, agent: str, digest: bytes) -> list[LoggedFrame]:
        thread_id, head = new_id(), item.thread.model_copy(update={"agent": agent})
        await carried.insert_carried(tx, self.user_id, thread_id, head, item.messages, item.leaf, "file")
        await carried.note_origin(tx, self.user_id, digest, thread_id)
        await outbox.publish(tx, ThreadImported(user_id=self.user_id, thread_id=thread_id))
        thread = Thread(
            id=thread_id,
            title=head.title,
            agent=agent,
            created_at=head.created_at,
            updated_at=head.updated_at,
            archived=head.archived,
        )
        return await log.append_drafts(tx, self.user_id, [updated(self.user_id, thread)], self.session.clock.now())

    def _ended(self, members: dict[str, object]) -> Step:
        async def step(_: Transaction, so_far: Import) -> tuple[Import, list[LoggedFrame]]:
            return so_far.model_copy(update=members | {"ended_at": self.session.clock.now()}), []

        return step

    async def _step(self, step: Step) -> None:
        """Go one step on in a transaction of its own, across outages of the database. Raises Ended."""
        session, clock = self.session, self.session.clock
        patience_s = clock.elapsed_s() + session.settings.session_outage_limit_seconds.total_seconds()
        while True:
            try:
                async with session.order.of(self.user_id):
                    async with session.database.transaction() as tx:
                        so_far = await store.lock_running(tx, self.user_id, self.import_id)
                        if so_far is None:
                            raise Ended()
                        progress, frames = await step(tx, so_far)
                        await store.save_progress(tx, self.user_id, progress, clock.now())
                    await session.bus.publish(self.user_id, frames)
                return
            except DatabaseUnavailable:
                if session.imports.is_ending or clock.elapsed_s() > patience_s:
                    raise Ended() from None  # whoever looks next finds nobody at it
                await clock.sleep(OUTAGE_PAUSE)


async def _nothing(_: Transaction, so_far: Import) -> tuple[Import, list[LoggedFrame]]:
    return so_far, []


def _counted(found: int) -> Step:
    async def step(_: Transaction, so_far: Import) -> tuple[Import, list[LoggedFrame]]:
        return so_far.model_copy(update={"conversations": found}), []

    return step


def _sum(one: LeftOut, other: LeftOut) -> LeftOut:
    return LeftOut(
        messages=one.messages + other.messages,
        attachments=one.attachments + other.attachments,
    )

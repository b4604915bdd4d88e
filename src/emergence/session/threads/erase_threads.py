"""Erase for good what was deleted long enough ago, what was temporary, and what is older than it may be kept."""

from datetime import timedelta
from uuid import UUID

import structlog

from emergence.contracts.session.events import ThreadDeleted, ThreadErased
from emergence.contracts.session.problems import ThreadNotDeleted, UnknownThread
from emergence.kernel.events import outbox
from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.session.parts import Session
from emergence.session.store import log, thread_erasure
from emergence.session.store import thread_management as managing
from emergence.session.store.thread_erasure import DueThread, Limits
from emergence.session.threads.stop_runs import stop_runs_of_thread
from emergence.session.threads.told import deleted

logger = structlog.get_logger(__name__)

SWEEP_INTERVAL = timedelta(seconds=60)
ERASED_AT_ONCE = 100  # looked up; each is a transaction of its own


async def keep_erasing(session: Session) -> None:
    """Sweep every minute, for ever."""
    while True:
        try:
            await erase_due_threads(session)
        except DatabaseUnavailable:
            logger.info("threads_not_swept")
        await session.clock.sleep(SWEEP_INTERVAL)


async def erase_due_threads(session: Session) -> None:
    """Erase everything that is due, and stop what still runs in deleted threads. Raises DatabaseUnavailable."""
    for user_id, thread_id in await thread_erasure.deleted_with_runs(session.database):
        await stop_runs_of_thread(session, user_id, thread_id)
    while True:
        due = await thread_erasure.due_threads(session.database, _limits(session), ERASED_AT_ONCE)
        erased = [await _erased(session, thread) for thread in due]
        if not any(erased) or len(due) < ERASED_AT_ONCE:
            return


async def _erased(session: Session, due: DueThread) -> bool:
    if not due.was_deleted:
        await _hide(session, due)
        await stop_runs_of_thread(session, due.user_id, due.id)
    return await erase_if_due(session, due.user_id, due.id)


async def _hide(session: Session, due: DueThread) -> None:
    """Delete a thread that is too old, so that nothing begins in it any more, and tell everybody that it is gone.

    It counts as deleted so long ago that nobody can bring it back before it is erased, whatever ends in it until then.
    """
    at, limits = session.clock.now(), _limits(session)
    async with session.order.of(due.user_id):
        async with session.database.transaction() as tx:
            frames = []
            standing = await managing.lock_standing(tx, due.user_id, due.id)
            if standing is None or standing.deleted_at is not None:
                return  # another instance was faster
            if await thread_erasure.lock_due(tx, due.user_id, due.id, limits):
                await managing.set_deleted(tx, due.user_id, due.id, limits.deleted)
                if not standing.temporary:
                    await outbox.publish(tx, ThreadDeleted(user_id=due.user_id, thread_id=due.id))
                frames = await log.append_drafts(tx, due.user_id, [deleted(due.user_id, due.id, None)], at)
        await session.bus.publish(due.user_id, frames)


async def erase_deleted(session: Session, user_id: UUID, thread_id: UUID) -> None:
    """Erase the user's deleted thread before its time, and tell everybody that it is gone.

    Raises UnknownThread, also the second time; ThreadNotDeleted.
    """
    at, limits = session.clock.now(), _limits(session)
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            standing = await managing.lock_standing(tx, user_id, thread_id)
            if standing is None:
                raise UnknownThread()
            if standing.deleted_at is None:
                raise ThreadNotDeleted()
            if standing.deleted_at <= limits.deleted:
                raise UnknownThread()
            await managing.set_deleted(tx, user_id, thread_id, limits.deleted)
            frames = await log.append_drafts(tx, user_id, [deleted(user_id, thread_id, None)], at)
        await session.bus.publish(user_id, frames)
    await stop_runs_of_thread(session, user_id, thread_id)
    await erase_if_due(session, user_id, thread_id)


async def erase_if_due(session: Session, user_id: UUID, thread_id: UUID) -> bool:
    """Erase a deleted thread that may go now; return whether this call did it. Its runs must be over."""
    async with session.database.transaction() as tx:
        standing = await managing.lock_standing(tx, user_id, thread_id)
        if standing is None or standing.deleted_at is None:
            return False
        if not await thread_erasure.lock_due(tx, user_id, thread_id, _limits(session)):
            return False
        await thread_erasure.erase_thread(tx, user_id, thread_id)
        if not standing.temporary:
            await outbox.publish(tx, ThreadErased(user_id=user_id, thread_id=thread_id))
    logger.info("thread_erased", thread_id=str(thread_id))
    return True


def _limits(session: Session) -> Limits:
    at, settings = session.clock.now(), session.settings
    days = settings.retention_days()
    return Limits(
        deleted=at - settings.deleted_threads_kept(),
        temporary=at - settings.temporary_threads_kept(),
        spoken=None if days is None else at - timedelta(days=days),
        at=at,
    )

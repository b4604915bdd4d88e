"""Delete a thread so that it is nowhere at once, and for a while list it as deleted and bring it back whole."""

from uuid import UUID

from emergence.contracts.session.events import ThreadDeleted, ThreadRestored
from emergence.contracts.session.managing import DeletedThread, RestorablePage, RestorableThread
from emergence.contracts.session.problems import ThreadNotDeleted, UnknownThread
from emergence.contracts.session.threads import Thread
from emergence.kernel.events import outbox
from emergence.session.parts import Session
from emergence.session.store import log, threads
from emergence.session.store import thread_management as managing
from emergence.session.store.thread_management import DeletedPosition, Standing
from emergence.session.threads.erase_threads import erase_if_due
from emergence.session.threads.stop_runs import stop_runs_of_thread
from emergence.session.threads.told import deleted, updated


async def delete_thread(session: Session, user_id: UUID, thread_id: UUID) -> DeletedThread:
    """Hide the thread, tell everybody, and stop what runs in it; a temporary one is erased at once. Idempotent.

    Raises UnknownThread.
    """
    at = session.clock.now()
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            standing = await managing.lock_standing(tx, user_id, thread_id)
            if standing is None or _is_beyond_return(session, standing):
                raise UnknownThread()
            kept = session.settings.deleted_threads_kept()
            until = None if standing.temporary else (standing.deleted_at or at) + kept
            frames = []
            if standing.deleted_at is None:
                await managing.set_deleted(tx, user_id, thread_id, at)
                if not standing.temporary:
                    await outbox.publish(tx, ThreadDeleted(user_id=user_id, thread_id=thread_id))
                frames = await log.append_drafts(tx, user_id, [deleted(user_id, thread_id, until)], at)
        await session.bus.publish(user_id, frames)
    await stop_runs_of_thread(session, user_id, thread_id)
    if standing.temporary:
        await erase_if_due(session, user_id, thread_id)
    return DeletedThread(thread=thread_id, restorable_until=until)


async def restore_thread(session: Session, user_id: UUID, thread_id: UUID) -> Thread:
    """Bring a deleted thread back as it was and tell everybody; what was stopped stays so.

    Raises ThreadNotDeleted; UnknownThread also when it is too late.
    """
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            standing = await managing.lock_standing(tx, user_id, thread_id)
            if standing is None or _is_beyond_return(session, standing):
                raise UnknownThread()
            if standing.deleted_at is None:
                raise ThreadNotDeleted()
            await managing.set_deleted(tx, user_id, thread_id, None)
            await outbox.publish(tx, ThreadRestored(user_id=user_id, thread_id=thread_id))
            thread = await threads.read_thread(tx, user_id, thread_id)
            assert thread is not None
            frames = await log.append_drafts(tx, user_id, [updated(user_id, thread)], session.clock.now())
        await session.bus.publish(user_id, frames)
    return thread


async def read_restorable(
    session: Session, user_id: UUID, before: DeletedPosition | None, limit: int
) -> RestorablePage:
    """Return a page of what can be brought back. Raises DatabaseUnavailable."""
    kept = session.settings.deleted_threads_kept()
    found = await managing.read_deleted(session.database, user_id, session.clock.now() - kept, before, limit + 1)
    page = [RestorableThread(thread=thread, deleted_at=at, restorable_until=at + kept) for thread, at in found[:limit]]
    more = f"{page[-1].deleted_at.isoformat()}~{page[-1].thread.id}" if len(found) > limit else None
    return RestorablePage(threads=page, next=more)


def _is_beyond_return(session: Session, standing: Standing) -> bool:
    """Return whether only the sweep has still to come."""
    if standing.deleted_at is None:
        return False
    kept = session.settings.deleted_threads_kept()
    return standing.temporary or standing.deleted_at + kept <= session.clock.now()

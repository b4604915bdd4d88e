"""Say, before a limit is set, what it would erase."""

from uuid import UUID

from emergence.contracts.session.managing import DeploymentPreview, RetentionPreview
from emergence.contracts.session.problems import UnknownThread
from emergence.session.parts import Session
from emergence.session.store.thread_erasure import reach_of, reach_of_all
from emergence.session.store.threads import read_thread
from emergence.session.threads.erase_threads import SWEEP_INTERVAL


async def preview_retention(
    session: Session, user_id: UUID, days: int | None, thread_id: UUID | None
) -> RetentionPreview:
    """Return what keeping a person's threads, or one, for so many days would erase; None: as the deployment says.

    Neither the deployment's limit nor a thread's own is ever extended by it. Raises UnknownThread.
    """
    limit = session.settings.retention_days()
    given = [each for each in (days, limit) if each is not None]
    effective = min(given) if given else None
    at = session.clock.now()
    if thread_id is not None:
        async with session.database.connection() as connection:
            if await read_thread(connection, user_id, thread_id) is None:
                raise UnknownThread()
    reach = await reach_of(session.database, user_id, thread_id, effective, at)
    return RetentionPreview(
        days=effective,
        threads=reach.threads,
        messages=reach.messages,
        oldest=reach.oldest,
        by=at + SWEEP_INTERVAL,
        next_at=reach.next_at,
    )


async def preview_deployment(session: Session, days: int | None) -> DeploymentPreview:
    """Return what a limit for everybody would erase; None: the limit that is set. Raises DatabaseUnavailable."""
    effective = session.settings.retention_days() if days is None else days
    people, threads, messages = await reach_of_all(session.database, effective, session.clock.now())
    return DeploymentPreview(days=effective, people=people, threads=threads, messages=messages)

"""Say, before a limit is set, what it would erase."""

from uuid import UUID

from emergence.contracts.session.managing import RetentionPreview
from emergence.session.parts import Session
from emergence.session.store.thread_erasure import reach_of
from emergence.session.threads.erase_threads import SWEEP_INTERVAL


async def preview_retention(session: Session, user_id: UUID, days: int | None) -> RetentionPreview:
    """Return what keeping a person's threads for so many days would erase; None: as the deployment says.

    Neither the deployment's limit nor a thread's own is ever extended by it.
    """
    limit = session.settings.retention_days()
    given = [each for each in (days, limit) if each is not None]
    effective = min(given) if given else None
    at = session.clock.now()
    reach = await reach_of(session.database, user_id, effective, at)
    return RetentionPreview(
        days=effective,
        threads=reach.threads,
        messages=reach.messages,
        by=at + SWEEP_INTERVAL,
        next_at=reach.next_at,
    )

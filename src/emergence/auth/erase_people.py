"""Erase people whose week is over: one transaction each, with the event that makes the other services do the same."""

from uuid import UUID

import structlog

from emergence.auth.audit import AuditEvent, record
from emergence.auth.parts import Auth
from emergence.auth.store import deletions, personal_data
from emergence.contracts.auth.events import UserDeleted
from emergence.kernel.events import outbox

log = structlog.get_logger(__name__)


async def erase_due_people(auth: Auth) -> None:
    """Erase whoever is due. Idempotent; several instances may do it at the same time. Raises DatabaseUnavailable."""
    for user_id in await deletions.due_deletions(auth.database, auth.clock.now()):
        await _erase(auth, user_id)


async def _erase(auth: Auth, user_id: UUID) -> None:
    now = auth.clock.now()
    async with auth.database.transaction() as tx:
        if not await deletions.lock_due(tx, user_id, now):
            return
        await personal_data.erase_personal_rows(tx, user_id)
        await personal_data.empty_user(tx, user_id, now)
        await outbox.publish(tx, UserDeleted(user_id=user_id))
        await record(auth, tx, AuditEvent("account.erased", subject=user_id), None)
        await personal_data.forget_reference(tx, user_id)  # after the last row that needs it
    log.info("account_erased")

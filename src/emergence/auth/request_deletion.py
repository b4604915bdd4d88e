"""Delete an account: it is shut at once and erased a week later, so that nobody loses everything in a bad moment."""

from datetime import timedelta
from uuid import UUID

from emergence.auth.administer import require_administrator
from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.revoke_session import Ending, end_sessions
from emergence.auth.step_up import recent_session
from emergence.auth.store import deletions as store
from emergence.auth.store import people
from emergence.auth.store.deletions import Deletion
from emergence.auth.store.sessions import Session
from emergence.contracts.auth.events import AccountShut
from emergence.contracts.auth.personal import DeletionScheduled
from emergence.contracts.auth.personal_problems import DeletionPending
from emergence.contracts.auth.problems import LastAdministrator, UnknownUser
from emergence.kernel.events import outbox
from emergence.kernel.identity import Identity

UNDO_WITHIN = timedelta(days=7)


async def delete_my_account(auth: Auth, identity: Identity, caller: Caller) -> DeletionScheduled:
    """Shut the caller's account and end all its sessions; return when it is erased.

    Raises StepUpRequired, LoginSessionEnded, LastAdministrator.
    """
    session, account = await recent_session(auth, identity)
    return await _delete(auth, session, account.user_id, caller)


async def delete_account(auth: Auth, identity: Identity, user_id: UUID, caller: Caller) -> DeletionScheduled:
    """Do that to somebody, as an administrator; only an administrator undoes it.

    Raises Forbidden, StepUpRequired, UnknownUser, LastAdministrator; DeletionPending when it was done before.
    """
    session = await require_administrator(auth, identity, recently=True)
    return await _delete(auth, session, user_id, caller)


async def _delete(auth: Auth, session: Session, user_id: UUID, caller: Caller) -> DeletionScheduled:
    now = auth.clock.now()
    deletion = Deletion(now + UNDO_WITHIN, is_own=session.user_id == user_id)
    async with auth.database.transaction() as tx:
        if await people.lock_administrators(tx) == {user_id}:
            raise LastAdministrator()
        if not await store.begin_deletion(tx, user_id, deletion, now):
            raise DeletionPending() if await people.exists(tx, user_id) else UnknownUser()
        await end_sessions(auth, tx, user_id, Ending("deletion_requested", session.user_id, caller))
        await outbox.publish(tx, AccountShut(user_id=user_id))
        event = AuditEvent("account.deletion_requested", session.user_id, user_id, session.id)
        await record(auth, tx, event, caller)
    return DeletionScheduled(due_at=deletion.due_at)

"""End a login session and tell everyone who holds something opened with it."""

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.store import sessions as store
from emergence.auth.store.sessions import Session
from emergence.contracts.auth import LoginSessionRevoked
from emergence.kernel.events import outbox
from emergence.kernel.storage.database import Transaction


async def revoke_session(auth: Auth, tx: Transaction, session: Session, reason: str, caller: Caller | None) -> None:
    """Revoke in the caller's transaction, publish and audit it; does nothing when it was revoked before."""
    if await store.revoke(tx, session.id, reason, auth.clock.now()):
        event = LoginSessionRevoked(session_id=session.id, user_id=session.user_id, reason=reason)
        await outbox.publish(tx, event)
        audited = AuditEvent("session.revoked", session.user_id, session.user_id, session.id, data={"reason": reason})
        await record(auth, tx, audited, caller)

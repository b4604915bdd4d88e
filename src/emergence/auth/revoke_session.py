"""End a login session and tell everyone who holds something opened with it."""

from emergence.auth.parts import Auth
from emergence.auth.store import sessions as store
from emergence.auth.store.sessions import Session
from emergence.contracts.auth import LoginSessionRevoked
from emergence.kernel.events import outbox
from emergence.kernel.storage.database import Transaction


async def revoke_session(auth: Auth, tx: Transaction, session: Session, reason: str) -> None:
    """Revoke in the caller's transaction and publish it; does nothing when it was revoked before."""
    if await store.revoke(tx, session.id, reason, auth.clock.now()):
        event = LoginSessionRevoked(session_id=session.id, user_id=session.user_id, reason=reason)
        await outbox.publish(tx, event)

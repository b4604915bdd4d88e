"""End login sessions and tell everyone who holds something opened with them."""

from dataclasses import dataclass
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.store import sessions as store
from emergence.auth.store.sessions import Session
from emergence.contracts.auth.events import LoginSessionRevoked
from emergence.kernel.events import outbox
from emergence.kernel.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a login session ends, who wants it (None: nobody did), and from where."""

    reason: str
    by: UUID | None
    caller: Caller | None


async def revoke_session(auth: Auth, tx: Transaction, session: Session, ending: Ending) -> None:
    """Revoke in the caller's transaction, publish and audit it; does nothing when it was revoked before."""
    if await store.revoke(tx, session.id, ending.reason, auth.clock.now()):
        revoked = LoginSessionRevoked(session_id=session.id, user_id=session.user_id, reason=ending.reason)
        await outbox.publish(tx, revoked)
        event = AuditEvent("session.revoked", ending.by, session.user_id, session.id, data={"reason": ending.reason})
        await record(auth, tx, event, ending.caller)


async def end_sessions(auth: Auth, tx: Transaction, user_id: UUID, ending: Ending, *, but: UUID | None = None) -> int:
    """End every live login session of a person, but one if it is named; return how many."""
    ended = [session for session in await store.lock_sessions(tx, user_id, auth.clock.now()) if session.id != but]
    for session in ended:
        await revoke_session(auth, tx, session, ending)
    return len(ended)

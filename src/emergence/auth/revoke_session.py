"""End login sessions and tell everyone who holds something opened with them."""

from dataclasses import dataclass
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.store import sessions as store
from emergence.auth.store.revocations import add_revocation
from emergence.auth.store.sessions import Session
from emergence.contracts.auth.events import LoginSessionRevoked
from emergence.kernel.events import outbox
from emergence.kernel.revocations import Revocation
from emergence.kernel.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a login session ends, who wants it (None: nobody did), and from where."""

    reason: str
    by: UUID | None
    caller: Caller | None


async def revoke_session(auth: Auth, tx: Transaction, session: Session, ending: Ending) -> None:
    """Revoke in the caller's transaction, publish and audit it; does nothing when it was revoked before.

    The feed of revocations refuses tokens and closes sockets within a second; the event is for what
    services store about the session and must not miss.
    """
    now = auth.clock.now()
    if await store.revoke(tx, session.id, ending.reason, now):
        await add_revocation(tx, Revocation("sid", str(session.id), now, ending.reason, session.version))
        revoked = LoginSessionRevoked(session_id=session.id, user_id=session.user_id, reason=ending.reason)
        await outbox.publish(tx, revoked)
        event = AuditEvent("session.revoked", ending.by, session.user_id, session.id, data={"reason": ending.reason})
        await record(auth, tx, event, ending.caller)


async def end_sessions(auth: Auth, tx: Transaction, user_id: UUID, ending: Ending, *, but: UUID | None = None) -> int:
    """End every live login session of a person, but one if it is named; return how many.

    Without an exception, whatever was signed in up to now is refused, also what is not in the table.
    """
    now = auth.clock.now()
    ended = [session for session in await store.lock_sessions(tx, user_id, now) if session.id != but]
    if but is None:
        await add_revocation(tx, Revocation("user", str(user_id), now, ending.reason))
    for session in ended:
        await revoke_session(auth, tx, session, ending)
    return len(ended)


async def end_everybodys_sessions(auth: Auth, tx: Transaction, ending: Ending) -> int:
    """End every login session there is, the one of who asks too; return how many. Audited by the caller, once."""
    now = auth.clock.now()
    await add_revocation(tx, Revocation("all", "", now, ending.reason))
    ended = await store.revoke_all(tx, ending.reason, now)
    for session_id, user_id, version in ended:
        await add_revocation(tx, Revocation("sid", str(session_id), now, ending.reason, version))
        await outbox.publish(tx, LoginSessionRevoked(session_id=session_id, user_id=user_id, reason=ending.reason))
    return len(ended)

"""End login sessions and tell everyone who holds something opened with them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.one_time_tokens import Purpose
from emergence.auth.parts import Auth
from emergence.auth.store import one_time_tokens
from emergence.auth.store import sessions as store
from emergence.auth.store.revocations import add_revocation
from emergence.auth.store.sessions import Session
from emergence.contracts.auth.events import LoginSessionRevoked
from emergence.kernel.events import outbox
from emergence.kernel.revocations import Revocation
from emergence.kernel.storage.database import Transaction

ADMINISTRATORS_SESSION_ENDED = "administrators_session_ended"
STEPPED_UP: Final = "stepped_up"  # written down with the session that begins instead
QUIET_ENDS: Final = frozenset({STEPPED_UP, "logged_out", "inactivity"})  # nobody meant to shut anybody out
EMAIL_CHANGE: Final = "email_change"
# What somebody who knew the password, or held a session, may have begun, and could end long after.
BEGUN: tuple[Purpose, ...] = ("second_factor", "oidc_handover", "mailed_code", EMAIL_CHANGE)


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a login session ends, who wants it (None: nobody did), and from where."""

    reason: str
    by: UUID | None
    caller: Caller | None


async def revoke_session(auth: Auth, tx: Transaction, session: Session, ending: Ending) -> None:
    """Revoke in the caller's transaction, publish and audit it; does nothing when it was revoked before.

    The feed of revocations refuses tokens and closes sockets within a second; the event is for what
    services store about the session and must not miss. What an administrator looks at from the
    session ends with it, and so does a change of address that was asked for in it, unless it ends quietly.
    """
    await _revoke(auth, tx, [session], ending)


async def end_sessions(auth: Auth, tx: Transaction, user_id: UUID, ending: Ending, *, but: UUID | None = None) -> int:
    """End every live login session of a person, but one if it is named; return how many.

    Without an exception, whatever was signed in up to now is refused, also what is not in the table. What was
    begun elsewhere and not ended yet, ways in and a change of address, is worth nothing from now on.
    """
    now = auth.clock.now()
    ended = [session for session in await store.lock_sessions(tx, user_id, now) if session.id != but]
    await one_time_tokens.withdraw_begun(tx, user_id, BEGUN, now, but_from=but)
    if but is None:
        await add_revocation(tx, Revocation("user", str(user_id), now, ending.reason))
    await _revoke(auth, tx, ended, ending)
    return len(ended)


async def end_everybodys_sessions(auth: Auth, tx: Transaction, ending: Ending) -> int:
    """End every login session there is, the one of who asks too; return how many. Audited by the caller, once.

    What administrators looked at has an end of its own in the log, as it had a beginning.
    """
    now = auth.clock.now()
    await add_revocation(tx, Revocation("all", "", now, ending.reason))
    ended = await store.revoke_all(tx, ending.reason, now)
    await one_time_tokens.withdraw_everybodys(tx, BEGUN, now)
    for session in ended:
        await _tell(tx, session, ending, now)
    for session in ended:
        if session.impersonator_id is not None:
            await record(auth, tx, _event(session, ending), ending.caller)
    return len(ended)


async def _revoke(auth: Auth, tx: Transaction, sessions: Sequence[Session], ending: Ending) -> None:
    ended = [session for session in sessions if await _end(auth, tx, session, ending)]
    begun_from = replace(ending, reason=ADMINISTRATORS_SESSION_ENDED)
    impersonations = [
        session
        for session in await store.lock_impersonations(tx, [session.id for session in ended])
        if await _end(auth, tx, session, begun_from)
    ]
    if ending.reason not in QUIET_ENDS:
        for user_id in {session.user_id for session in ended if session.impersonator_id is None}:
            await one_time_tokens.withdraw_begun_in_ended(tx, user_id, EMAIL_CHANGE, auth.clock.now())
    if ending.reason == STEPPED_UP:
        ended = []
    # Written down when every row is locked: whoever ends one of them meanwhile waits for a row, and not for the log.
    for session in ended:
        await record(auth, tx, _event(session, ending), ending.caller)
    for session in impersonations:
        await record(auth, tx, _event(session, begun_from), ending.caller)


async def _end(auth: Auth, tx: Transaction, session: Session, ending: Ending) -> bool:
    now = auth.clock.now()
    if not await store.revoke(tx, session.id, ending.reason, now):
        return False
    await _tell(tx, session, ending, now)
    return True


async def _tell(tx: Transaction, session: Session, ending: Ending, now: datetime) -> None:
    await add_revocation(tx, Revocation("sid", str(session.id), now, ending.reason, session.version))
    revoked = LoginSessionRevoked(session_id=session.id, user_id=session.user_id, reason=ending.reason)
    await outbox.publish(tx, revoked)


def _event(session: Session, ending: Ending) -> AuditEvent:
    """An impersonation is the administrator's act until its end, whoever ends it; both names stand in the log."""
    data = {"reason": ending.reason}
    if session.impersonator_id is not None:
        return AuditEvent("admin.impersonation_ended", session.impersonator_id, session.user_id, session.id, data=data)
    return AuditEvent("session.revoked", ending.by, session.user_id, session.id, data=data)

"""Look at somebody's account as they see it: read only, for a quarter of an hour, written down and told to them."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from emergence.auth.access_tokens import access_token, access_token_end_s
from emergence.auth.administer import require_administrator
from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.listed_administrators import follow_list
from emergence.auth.open_session import Authentication, new_session
from emergence.auth.parts import Auth
from emergence.auth.read_session import live_session
from emergence.auth.revoke_session import Ending, revoke_session
from emergence.auth.session_lifetimes import Lifetime
from emergence.auth.store import sessions as store
from emergence.auth.store import users
from emergence.auth.store.sessions import Device, Session
from emergence.auth.store.users import Account
from emergence.contracts.auth.administration import Impersonation
from emergence.contracts.auth.problems import CannotImpersonate, LoginSessionEnded, UnknownUser
from emergence.contracts.auth.values import Role
from emergence.kernel.errors import Forbidden
from emergence.kernel.identity import Identity
from emergence.kernel.storage.database import Transaction

LIFETIME = timedelta(minutes=15)
NOBODY_PROVED = "0"  # acr: the person named by `sub` proved nothing (OpenID Connect Core 1.0 §2)
BY_ADMINISTRATOR = Authentication(("impersonation",))
ENDED = "ended_by_administrator"
RAN_OUT = "ran_out"


async def impersonate(auth: Auth, identity: Identity, user_id: UUID, reason: str, caller: Caller) -> Impersonation:
    """Open a session of this person for the calling administrator; no refresh token belongs to it.

    Its tokens live as long as any other's, so that every service forgets a revoked one in time, and are
    renewed until LIFETIME is over. It never outlives the session from which it was begun. Raises
    Forbidden, StepUpRequired, UnknownUser, CannotImpersonate, LoginSessionEnded.
    """
    own = await require_administrator(auth, identity, recently=True)
    async with auth.database.transaction() as tx:
        # In the order in which whoever changes roles locks too: administrators, then the other account, then sessions.
        await _require_still_administrator(tx, own.user_id)
        person = await _permitted(tx, own, user_id)
        found = await store.lock_session(tx, own.id)
        if found is None or not found[0].is_live(auth.clock.now()):
            raise LoginSessionEnded()
        session = _begun(found[0], user_id, auth.clock.now())
        await store.add_session(tx, session, Device(caller.agent, caller.prefix()))
        data = {"reason": reason, "until": session.absolute_end.isoformat(timespec="seconds")}
        event = AuditEvent("admin.impersonation_started", own.user_id, user_id, session.id, data=data)
        await record(auth, tx, event, caller)
    return await _handed_out(auth, session, person)


async def renew_impersonation(auth: Auth, identity: Identity) -> Impersonation:
    """Return another token for an impersonation that goes on. Raises Forbidden for any other session.

    Raises LoginSessionEnded when it is over, or when either account may no longer take part: an administrator whom
    AUTH_ADMIN_EMAILS names no longer is one no more, as where an impersonation is begun.
    """
    session, person = await live_session(auth, identity)
    if session.impersonator_id is None:
        raise Forbidden()
    async with auth.database.transaction() as tx:
        administrator = await users.keep_account(tx, session.impersonator_id)
    if administrator is None or not _may_look(administrator) or not _may_be_looked_at(person):
        raise LoginSessionEnded()
    if not _may_look(await follow_list(auth, administrator, session, None, is_new=False)):
        raise LoginSessionEnded()
    return await _handed_out(auth, session, person)


async def end_impersonation(auth: Auth, identity: Identity, caller: Caller) -> None:
    """End the impersonation that asks, or those begun from the administrator's session that asks. Idempotent."""
    async with auth.database.transaction() as tx:
        if identity.impersonator_id is not None:
            found = await store.lock_session(tx, identity.session_id)
            ended = [found[0]] if found else []
        else:
            ended = await store.lock_impersonations(tx, [identity.session_id])
        for session in ended:
            await revoke_session(auth, tx, session, Ending(ENDED, session.impersonator_id, caller))


async def end_past_impersonations(auth: Auth) -> None:
    """Write down the end of what ran out unended. Idempotent; several instances may do it at the same time."""
    async with auth.database.transaction() as tx:
        for session in await store.lock_ended_impersonations(tx, auth.clock.now()):
            await revoke_session(auth, tx, session, Ending(RAN_OUT, None, None))


async def _require_still_administrator(tx: Transaction, user_id: UUID) -> None:
    administrator = await users.keep_account(tx, user_id)
    if administrator is None or not _may_look(administrator):
        raise Forbidden()


async def _permitted(tx: Transaction, own: Session, user_id: UUID) -> Account:
    person = await users.keep_account(tx, user_id)
    if person is None:
        raise UnknownUser()
    if user_id == own.user_id or not _may_be_looked_at(person):
        raise CannotImpersonate()
    return person


def _may_look(administrator: Account) -> bool:
    return administrator.role is Role.ADMIN and administrator.is_active


def _may_be_looked_at(person: Account) -> bool:
    return person.role is not Role.ADMIN and person.is_active


def _begun(own: Session, user_id: UUID, now: datetime) -> Session:
    left = min(LIFETIME, own.idle_end - now, own.absolute_end - now)
    return replace(
        new_session(user_id, BY_ADMINISTRATOR, Lifetime(left, left), now),
        acr=NOBODY_PROVED,
        impersonator_id=own.user_id,
        impersonator_session_id=own.id,
    )


async def _handed_out(auth: Auth, session: Session, person: Account) -> Impersonation:
    now = auth.clock.now()
    return Impersonation(
        access_token=access_token(await auth.keys.active(), session, person, now),
        expires_in=access_token_end_s(session, now) - int(now.timestamp()),
        session_id=session.id,
        ends_at=session.absolute_end,
        ends_in=int((session.absolute_end - now).total_seconds()),
        user_id=person.user_id,
        role=person.role,
        email=person.email,
        display_name=person.display_name,
    )

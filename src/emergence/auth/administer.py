"""What administrators do to accounts; each act needs a recent proof of who they are, and is written down."""

from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.listed_administrators import ROLE_CHANGED, follow_list
from emergence.auth.parts import Auth
from emergence.auth.read_session import live_session
from emergence.auth.revoke_session import Ending, end_everybodys_sessions, end_sessions, revoke_session
from emergence.auth.session_pages import PAGE, cursor_of, place_of
from emergence.auth.step_up import recent_session
from emergence.auth.store import deletions, passkeys, second_factors, sessions, users
from emergence.auth.store import people as store
from emergence.auth.store.people import Person
from emergence.auth.store.sessions import Session
from emergence.contracts.auth.administering import require_factors_of_administrator
from emergence.contracts.auth.administration import (
    AccountStatus,
    AdministeredPerson,
    AdministeredSession,
    AdministeredSessions,
    AdministeredUser,
    AdministeredUsers,
    ShownStatus,
)
from emergence.contracts.auth.events import AccountShut
from emergence.contracts.auth.personal_problems import DeletionPending
from emergence.contracts.auth.problems import LastAdministrator, UnknownLoginSession, UnknownUser
from emergence.contracts.auth.values import Role
from emergence.kernel.errors import Forbidden
from emergence.kernel.events import outbox
from emergence.kernel.identity import Identity
from emergence.kernel.storage.database import Transaction

_SHOWN_STATUS: dict[str, ShownStatus] = {"active": "active", deletions.PENDING: "deletion_pending"}


async def require_administrator(auth: Auth, identity: Identity, *, recently: bool = False) -> Session:
    """Return the session of an administrator, as the database knows them now and not as the token says.

    Raises Forbidden, LoginSessionEnded; StepUpRequired without the second factor that production asks for,
    and with `recently` when the last proof is too old.
    """
    session, account = await live_session(auth, identity)
    if account.role is not Role.ADMIN or session.impersonator_id is not None:
        raise Forbidden()
    if (await follow_list(auth, account, session, None, is_new=False)).role is not Role.ADMIN:
        raise Forbidden()
    require_factors_of_administrator(auth.settings, session.acr)
    if recently:
        await recent_session(auth, identity)
    return session


async def list_users(auth: Auth, identity: Identity, words: str, after: UUID | None) -> AdministeredUsers:
    """Return a page of accounts. Raises Forbidden."""
    await require_administrator(auth, identity)
    found = await store.list_people(auth.database, words.strip(), after, PAGE + 1, auth.clock.now())
    users = [_shown(person) for person in found[:PAGE]]
    return AdministeredUsers(users=users, next=users[-1].user_id if len(found) > PAGE else None)


async def read_person(auth: Auth, identity: Identity, user_id: UUID) -> AdministeredPerson:
    """Return one account in full, without anything secret. Raises Forbidden, UnknownUser."""
    await require_administrator(auth, identity)
    person = await store.read_person(auth.database, user_id, auth.clock.now())
    if person is None:
        raise UnknownUser()
    password = await store.read_password_age(auth.database, user_id)
    totp = await second_factors.read_totp(auth.database, user_id)
    async with auth.database.transaction() as tx:
        deletion = await deletions.read_deletion(tx, user_id)
    return AdministeredPerson(
        **_shown(person).model_dump(),
        emails=await store.list_emails(auth.database, user_id),
        has_password=password is not None,
        password_changed_at=password.changed_at if password else None,
        must_change_password=password is not None and password.must_change,
        totp_confirmed_at=totp.confirmed_at if totp else None,
        passkeys=len(await passkeys.list_passkeys(auth.database, user_id)),
        recovery_codes_left=await second_factors.count_recovery_codes(auth.database, user_id),
        deletion_due_at=deletion.due_at if deletion else None,
    )


async def change_status(auth: Auth, identity: Identity, user_id: UUID, status: AccountStatus, caller: Caller) -> None:
    """Suspend an account, which ends its sessions, or let it in again. Idempotent.

    Raises Forbidden, StepUpRequired, UnknownUser, LastAdministrator; DeletionPending where that comes first.
    """
    session = await require_administrator(auth, identity, recently=True)
    async with auth.database.transaction() as tx:
        await _lock_for_change(tx, user_id, ends_administrator=status == "suspended")
        if not await _known(tx, user_id, await store.set_status(tx, user_id, status)):
            return
        if status == "suspended":
            await end_sessions(auth, tx, user_id, Ending("account_suspended", session.user_id, caller))
            await outbox.publish(tx, AccountShut(user_id=user_id))
        name = "account.suspended" if status == "suspended" else "account.reinstated"
        await record(auth, tx, AuditEvent(name, session.user_id, user_id, session.id), caller)


async def change_role(auth: Auth, identity: Identity, user_id: UUID, role: Role, caller: Caller) -> None:
    """Give an account another role; its sessions end, because their tokens say the old one. Idempotent.

    Raises Forbidden, StepUpRequired, UnknownUser, LastAdministrator; DeletionPending where that comes first.
    """
    session = await require_administrator(auth, identity, recently=True)
    async with auth.database.transaction() as tx:
        await _lock_for_change(tx, user_id, ends_administrator=role is not Role.ADMIN)
        if not await _known(tx, user_id, await store.set_role(tx, user_id, role)):
            return
        await end_sessions(auth, tx, user_id, Ending(ROLE_CHANGED, session.user_id, caller))
        event = AuditEvent("admin.role_changed", session.user_id, user_id, session.id, data={"role": role.value})
        await record(auth, tx, event, caller)


async def reset_second_factor(auth: Auth, identity: Identity, user_id: UUID, caller: Caller) -> None:
    """Remove the second factors of somebody who lost them; their sessions end. Idempotent.

    Not one's own: a stolen session would be rid of them that way. Raises Forbidden, StepUpRequired, UnknownUser.
    """
    session = await require_administrator(auth, identity, recently=True)
    if user_id == session.user_id:
        raise Forbidden("Remove your own second factor in your settings, by one of its codes.")
    async with auth.database.transaction() as tx:
        if not await _known(tx, user_id, await second_factors.delete_second_factors(tx, user_id)):
            return
        await end_sessions(auth, tx, user_id, Ending("second_factor_reset", session.user_id, caller))
        event = AuditEvent("admin.second_factor_reset", session.user_id, user_id, session.id)
        await record(auth, tx, event, caller)


async def list_sessions(
    auth: Auth, identity: Identity, user_id: UUID | None, before: str | None
) -> AdministeredSessions:
    """Return a page of where people are signed in. Raises Forbidden, InvalidRequest."""
    own = await require_administrator(auth, identity)
    found = await store.list_places(auth.database, user_id, place_of(before), PAGE + 1, auth.clock.now())
    last = found[PAGE - 1] if len(found) > PAGE else None
    return AdministeredSessions(
        sessions=[
            AdministeredSession(
                id=place.session_id,
                is_current=place.session_id == own.id,
                user_id=place.user_id,
                display_name=place.display_name,
                email=place.email,
                agent=place.agent,
                network=place.network_prefix,
                created_at=place.created_at,
                last_seen_at=place.last_seen_at,
                impersonator_name=place.impersonator_name,
            )
            for place in found[:PAGE]
        ],
        next=cursor_of(last.last_seen_at, last.session_id) if last else None,
    )


async def revoke_sessions(
    auth: Auth, identity: Identity, user_id: UUID | None, session_id: UUID | None, caller: Caller
) -> int:
    """End one login session, or all of a person; return how many ended.

    Raises Forbidden, StepUpRequired, UnknownLoginSession, UnknownUser.
    """
    own = await require_administrator(auth, identity, recently=True)
    ending = Ending("revoked_by_administrator", own.user_id, caller)
    async with auth.database.transaction() as tx:
        if session_id is None:
            if user_id is None or not await store.exists(tx, user_id):
                raise UnknownUser()
            ended = await end_sessions(auth, tx, user_id, ending)
        else:
            found = await sessions.lock_session(tx, session_id)
            if found is None or not found[0].is_live(auth.clock.now()):
                raise UnknownLoginSession()
            await revoke_session(auth, tx, found[0], ending)
            user_id, ended = found[0].user_id, 1
        event = AuditEvent("admin.sessions_revoked", own.user_id, user_id, own.id, data={"sessions": ended})
        await record(auth, tx, event, caller)
    return ended


async def revoke_everybody(auth: Auth, identity: Identity, caller: Caller) -> int:
    """End every login session there is, the administrator's own too. Raises Forbidden, StepUpRequired."""
    own = await require_administrator(auth, identity, recently=True)
    async with auth.database.transaction() as tx:
        ending = Ending("everybody_revoked_by_administrator", own.user_id, caller)
        ended = await end_everybodys_sessions(auth, tx, ending)
        event = AuditEvent("admin.everybody_revoked", own.user_id, None, own.id, data={"sessions": ended})
        await record(auth, tx, event, caller)
    return ended


def _shown(person: Person) -> AdministeredUser:
    return AdministeredUser(
        user_id=person.user_id,
        display_name=person.display_name,
        email=person.email,
        role=person.role,
        status=_SHOWN_STATUS.get(person.status, "suspended"),
        created_at=person.created_at,
        has_second_factor=person.has_second_factor,
        sessions=person.sessions,
        last_seen_at=person.last_seen_at,
    )


async def _lock_for_change(tx: Transaction, user_id: UUID, *, ends_administrator: bool) -> None:
    """Let nobody else change or delete an account before `tx` ends; one that is about to be erased stays as it is.

    What would be changed now would come back unseen with an account that is kept after all. Raises LastAdministrator,
    DeletionPending.
    """
    # Administrators always first, as where an account is deleted: the log names them, and waits for their rows.
    if await store.lock_administrators(tx) == {user_id} and ends_administrator:
        raise LastAdministrator()
    await users.lock_account(tx, user_id)
    if await deletions.read_deletion(tx, user_id) is not None:
        raise DeletionPending("This account is about to be deleted. Keep it first, then change it.")


async def _known(tx: Transaction, user_id: UUID, has_changed: bool) -> bool:
    """Return `has_changed`. Raises UnknownUser when nothing changed because there is nobody."""
    if not has_changed and not await store.exists(tx, user_id):
        raise UnknownUser()
    return has_changed

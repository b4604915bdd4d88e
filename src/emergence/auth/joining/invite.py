"""Administrators invite people: a link is mailed, or handed over where nothing is mailed."""

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from emergence.auth.administer import require_administrator
from emergence.auth.audit import AuditEvent, pseudonym, record
from emergence.auth.callers import Caller
from emergence.auth.email_addresses import normalised_email
from emergence.auth.languages import DEFAULT_LANGUAGE
from emergence.auth.limit_attempts import admit
from emergence.auth.listed_administrators import may_make_administrators
from emergence.auth.mail.letters import Letter
from emergence.auth.mail.links import link_with
from emergence.auth.mail.queue_letter import queue_letter
from emergence.auth.one_time_tokens import TOKEN_BYTES, token_hash
from emergence.auth.parts import Auth
from emergence.auth.step_up import recent_session
from emergence.auth.store import identities, users
from emergence.auth.store import invitations as store
from emergence.auth.store.attempts import Allowance
from emergence.auth.store.invitations import Invitation, NewInvitation
from emergence.auth.store.sessions import Session
from emergence.contracts.auth.joining import (
    AdministeredInvitation,
    AdministeredInvitations,
    InvitationState,
    Invite,
    Invited,
)
from emergence.contracts.auth.joining_problems import UnknownInvitation
from emergence.contracts.auth.problems import EmailTaken
from emergence.contracts.auth.values import Role
from emergence.kernel.identity import Identity
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction

KIND: Final = "invitation"
LINK_LIFETIME = timedelta(hours=72)
PAGE = "invitation"
PAGE_SIZE = 50
INVITATIONS = Allowance(burst=50, interval=timedelta(days=1) / 50, longest_wait=timedelta(days=1) / 50)


async def invite(auth: Auth, identity: Identity, request: Invite, caller: Caller) -> Invited:
    """Invite whoever owns an address; an earlier open invitation of it ends.

    Raises Forbidden, TooManyAttempts; StepUpRequired where an administrator is invited; EmailTaken.
    """
    session = await require_administrator(auth, identity, recently=request.role is Role.ADMIN)
    await _admit(auth, session)
    token, now, email_norm = secrets.token_urlsafe(TOKEN_BYTES), auth.clock.now(), normalised_email(request.email)
    new = NewInvitation(
        id=new_id(),
        email=request.email.strip(),
        email_norm=email_norm,
        role=request.role,
        note=request.note,
        language=request.language or caller.language or DEFAULT_LANGUAGE,
        hash=token_hash(token),
        created_by=session.user_id,
        created_at=now,
        ends_at=now + LINK_LIFETIME,
        mailed_at=_mailed_at(auth),
    )
    async with auth.database.transaction() as tx:
        await identities.take_turn(tx, [email_norm])
        if await users.find_account(tx, email_norm) is not None:
            raise EmailTaken()
        await store.revoke_of_address(tx, email_norm, now)
        await store.add(tx, new)
        return await _hand_over(auth, tx, new.id, token, session, caller, is_again=False)


async def resend_invitation(auth: Auth, identity: Identity, invitation_id: UUID, caller: Caller) -> Invited:
    """Send a new link, good for another three days; the one before ends.

    Raises Forbidden, TooManyAttempts, UnknownInvitation; StepUpRequired where an administrator is invited.
    """
    session = await require_administrator(auth, identity)
    await _admit(auth, session)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    async with auth.database.transaction() as tx:
        found = await _open(tx, invitation_id)
    if found.role is Role.ADMIN:
        await recent_session(auth, identity)
    async with auth.database.transaction() as tx:
        await _open(tx, invitation_id)  # of two acts at once the later finds what the earlier left
        ends_at = auth.clock.now() + LINK_LIFETIME
        await store.renew(tx, invitation_id, token_hash(token), ends_at, _mailed_at(auth), session.user_id)
        return await _hand_over(auth, tx, invitation_id, token, session, caller, is_again=True)


async def revoke_invitation(auth: Auth, identity: Identity, invitation_id: UUID, caller: Caller) -> None:
    """Make an invitation worth nothing. Raises Forbidden, UnknownInvitation."""
    session = await require_administrator(auth, identity)
    async with auth.database.transaction() as tx:
        await _open(tx, invitation_id)
        await store.revoke(tx, invitation_id, auth.clock.now())
        data = {"invitation": str(invitation_id)}
        event = AuditEvent("admin.invitation_revoked", session.user_id, None, session.id, data=data)
        await record(auth, tx, event, caller)


async def list_invitations(auth: Auth, identity: Identity, before: UUID | None) -> AdministeredInvitations:
    """Return a page of invitations, the latest first.

    An open one of an administrator says whether whoever stands for it still may: otherwise it lets nobody in.
    Raises Forbidden.
    """
    await require_administrator(auth, identity)
    found, now = await store.list_invitations(auth.database, before, PAGE_SIZE + 1), auth.clock.now()
    vouchers: dict[UUID | None, bool] = {}
    for author in {each.created_by for each in found if each.role is Role.ADMIN}:
        async with auth.database.transaction() as tx:  # one for each: nobody's account is locked for long
            vouchers[author] = await may_make_administrators(auth, tx, author)
    shown = [_shown(each, now, is_vouched=vouchers.get(each.created_by, True)) for each in found[:PAGE_SIZE]]
    return AdministeredInvitations(invitations=shown, next=shown[-1].id if len(found) > PAGE_SIZE else None)


async def _admit(auth: Auth, session: Session) -> None:
    await admit(auth, {f"invite:user:{session.user_id}": INVITATIONS})


def _mailed_at(auth: Auth) -> datetime | None:
    return auth.clock.now() if auth.settings.sends_mail() else None


async def _open(tx: Transaction, invitation_id: UUID) -> Invitation:
    found = await store.lock_open(tx, invitation_id)
    if found is None:
        raise UnknownInvitation()
    return found


async def _hand_over(
    auth: Auth, tx: Transaction, invitation_id: UUID, token: str, session: Session, caller: Caller, *, is_again: bool
) -> Invited:
    """Mail the link, or return it; where it is mailed the administrator never sees it."""
    found, link = await store.read(tx, invitation_id), link_with(auth, PAGE, token)
    inviter = await users.read_account(tx, session.user_id)
    values = {"link": link, "inviter": inviter.display_name}
    await queue_letter(auth, tx, Letter(KIND, found.email, found.language, values, found.ends_at))
    data = {
        "account": pseudonym(auth, found.email_norm),
        "invitation": str(found.id),
        "role": found.role.value,
        "again": is_again,
    }
    await record(auth, tx, AuditEvent("admin.invited", session.user_id, None, session.id, data=data), caller)
    is_mailed = found.mailed_at is not None
    invitation = _shown(found, auth.clock.now(), is_vouched=True)
    return Invited(invitation=invitation, is_mailed=is_mailed, link=None if is_mailed else link)


def _shown(found: Invitation, now: datetime, *, is_vouched: bool) -> AdministeredInvitation:
    return AdministeredInvitation(
        id=found.id,
        email=found.email,
        role=found.role,
        note=found.note,
        state=_state(found, now, is_vouched=is_vouched or found.role is not Role.ADMIN),
        invited_by=found.invited_by,
        created_at=found.created_at,
        expires_at=found.ends_at,
    )


def _state(found: Invitation, now: datetime, *, is_vouched: bool) -> InvitationState:
    if found.accepted_at is not None:
        return "accepted"
    if found.revoked_at is not None:
        return "revoked"
    if found.ends_at <= now:
        return "expired"
    return "open" if is_vouched else "unvouched"

"""Administrators say which addresses may make an account by themselves."""

from emergence.auth.administer import require_administrator
from emergence.auth.audit import AuditEvent, pseudonym, record
from emergence.auth.callers import Caller
from emergence.auth.email_addresses import normalised_email
from emergence.auth.parts import Auth
from emergence.auth.store import allowlist as store
from emergence.auth.store import users
from emergence.auth.store.allowlist import Allowed
from emergence.contracts.auth.joining import AddressRemoved, AllowAddress, AllowedAddress, AllowedAddresses
from emergence.contracts.auth.values import Role
from emergence.kernel.identity import Identity

PAGE = 50


async def list_allowed(auth: Auth, identity: Identity, after: str) -> AllowedAddresses:
    """Return a page of the allowlist. Raises Forbidden."""
    await require_administrator(auth, identity)
    found = await store.list_allowed(auth.database, after, PAGE + 1)
    last = found[PAGE - 1].email_norm if len(found) > PAGE else None
    return AllowedAddresses(addresses=[_shown(each) for each in found[:PAGE]], next=last)


async def allow_address(auth: Auth, identity: Identity, request: AllowAddress, caller: Caller) -> AllowedAddress:
    """List an address; one that is listed gets the new role and note. An account that has it stays as it is.

    Raises Forbidden; StepUpRequired where it is to be an administrator's.
    """
    session = await require_administrator(auth, identity, recently=request.role is Role.ADMIN)
    email, email_norm, now = request.email.strip(), normalised_email(request.email), auth.clock.now()
    async with auth.database.transaction() as tx:
        allowed = await store.put(tx, email, email_norm, request.role, request.note, session.user_id, now)
        data = {"account": pseudonym(auth, email_norm), "role": request.role.value}
        event = AuditEvent("policy.allowlist_added", session.user_id, None, session.id, data=data)
        await record(auth, tx, event, caller)
    return _shown(allowed)


async def disallow_address(auth: Auth, identity: Identity, email: str, caller: Caller) -> AddressRemoved:
    """Take an address from the list, and say whether an account has it, which stays. Idempotent. Raises Forbidden."""
    session = await require_administrator(auth, identity)
    email_norm = normalised_email(email)
    async with auth.database.transaction() as tx:
        holder = await users.find_account(tx, email_norm)
        if await store.remove(tx, email_norm):
            data = {"account": pseudonym(auth, email_norm)}
            subject = holder.user_id if holder else None
            event = AuditEvent("policy.allowlist_removed", session.user_id, subject, session.id, data=data)
            await record(auth, tx, event, caller)
    return AddressRemoved(has_account=holder is not None)


def _shown(allowed: Allowed) -> AllowedAddress:
    return AllowedAddress(
        email=allowed.email,
        role=allowed.role,
        note=allowed.note,
        added_by=allowed.added_by,
        created_at=allowed.created_at,
        has_account=allowed.has_account,
    )

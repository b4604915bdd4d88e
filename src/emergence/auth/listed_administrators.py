"""In production AUTH_ADMIN_EMAILS makes administrators of people who proved such an address, and unmakes them."""

from dataclasses import replace
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.store import people, recipients
from emergence.auth.store.users import Account
from emergence.contracts.auth.values import Role
from emergence.kernel.storage.database import Transaction


async def follow_list(auth: Auth, account: Account, session_id: UUID, caller: Caller) -> Account:
    """Return the account with the role that the list gives it now; asked at each refresh, so that a change soon counts.

    A role that an administrator gave stays, and so does the last administrator.
    """
    listed = auth.settings.admin_emails()
    is_asked = listed or account.role is Role.ADMIN
    if auth.settings.emergence_env != "production" or not is_asked:
        return account
    async with auth.database.transaction() as tx:
        role = await _changed_role(tx, account, listed)
        if role is None:
            return account
        data = {"role": role.value, "by": "AUTH_ADMIN_EMAILS"}
        await record(auth, tx, AuditEvent("admin.role_changed", None, account.user_id, session_id, data=data), caller)
    return replace(account, role=role)


async def _changed_role(tx: Transaction, account: Account, listed: frozenset[str]) -> Role | None:
    found = await recipients.read_recipient(tx, account.user_id)
    is_listed = found is not None and found.verified_at is not None and found.email_norm in listed
    if is_listed == (account.role is Role.ADMIN):
        return None
    if is_listed:
        await people.set_role(tx, account.user_id, Role.ADMIN)
        await recipients.note_listed_admin(tx, account.user_id, is_listed=True)
        return Role.ADMIN
    if not await recipients.is_listed_admin(tx, account.user_id):
        return None
    if await people.lock_administrators(tx) == {account.user_id}:
        return None
    await people.set_role(tx, account.user_id, Role.MEMBER)
    await recipients.note_listed_admin(tx, account.user_id, is_listed=False)
    return Role.MEMBER

"""In production AUTH_ADMIN_EMAILS makes administrators of people who proved such an address, and unmakes them."""

from dataclasses import replace
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.email_addresses import normalised_email
from emergence.auth.parts import Auth
from emergence.auth.revoke_session import Ending, end_sessions
from emergence.auth.store import people, recipients, users
from emergence.auth.store.sessions import Session
from emergence.auth.store.users import Account
from emergence.contracts.auth.problems import LoginSessionEnded
from emergence.contracts.auth.values import Role
from emergence.kernel.storage.database import Transaction

ROLE_CHANGED = "role_changed"


async def follow_list(
    auth: Auth, account: Account, session: Session, caller: Caller | None, *, is_new: bool
) -> Account:
    """Return the account with the role that the list gives it now.

    Asked wherever tokens are handed out and wherever an administrator acts; for members whose address is not listed
    no statement is made. A role that an administrator gave stays, and so does the last administrator. Of whoever is
    listed no longer all sessions end, as where an administrator takes the role: their tokens say the old one. A
    session that `is_new` has no tokens yet and goes on. Raises LoginSessionEnded when this one had to end.
    """
    if auth.settings.emergence_env != "production" or not await _is_to_change(auth, account):
        return account
    async with auth.database.transaction() as tx:
        found, is_changed = await _by_list(tx, account.user_id, auth.settings.admin_emails())
        if is_changed:
            if found is not Role.ADMIN:
                ending = Ending(ROLE_CHANGED, None, caller)
                await end_sessions(auth, tx, account.user_id, ending, but=session.id if is_new else None)
            data = {"role": found.value, "by": "AUTH_ADMIN_EMAILS"}
            event = AuditEvent("admin.role_changed", None, account.user_id, session.id, data=data)
            await record(auth, tx, event, caller)
    if account.role is Role.ADMIN and found is not Role.ADMIN and not is_new:  # also where somebody was faster
        raise LoginSessionEnded()
    return replace(account, role=found)


async def may_make_administrators(auth: Auth, tx: Transaction, user_id: UUID | None) -> bool:
    """Return whether somebody is an active administrator, as the list has it now, and stays one until `tx` ends."""
    account = await users.keep_account(tx, user_id) if user_id is not None else None
    if account is None or not account.is_active or account.role is not Role.ADMIN:
        return False
    if auth.settings.emergence_env != "production" or _is_named(auth, account):
        return True
    return not await recipients.is_listed_admin(tx, account.user_id) or await people.is_only_administrator(
        tx, account.user_id
    )


def _is_named(auth: Auth, account: Account) -> bool:
    return account.email is not None and normalised_email(account.email) in auth.settings.admin_emails()


async def _is_to_change(auth: Auth, account: Account) -> bool:
    """Return whether the list may say another thing than the account, by the least work that shows it."""
    if account.role is not Role.ADMIN:
        return _is_named(auth, account)
    return not _is_named(auth, account) and not await recipients.is_admin_by_hand(auth.database, account.user_id)


async def _by_list(tx: Transaction, user_id: UUID, listed: frozenset[str]) -> tuple[Role, bool]:
    """Return the role that counts from now on, and whether it is another one than before."""
    administrators = await people.lock_administrators(tx)
    await users.lock_account(tx, user_id)
    role = (await users.read_account(tx, user_id)).role
    found = await recipients.read_recipient(tx, user_id)
    is_listed = found is not None and found.verified_at is not None and found.email_norm in listed
    if is_listed and role is not Role.ADMIN:
        await people.set_role(tx, user_id, Role.ADMIN)
        await recipients.note_listed_admin(tx, user_id, is_listed=True)
        return Role.ADMIN, True
    is_unlisted = not is_listed and role is Role.ADMIN and await recipients.is_listed_admin(tx, user_id)
    if not is_unlisted or administrators == {user_id}:
        return role, False
    await people.set_role(tx, user_id, Role.MEMBER)
    await recipients.note_listed_admin(tx, user_id, is_listed=False)
    return Role.MEMBER, True

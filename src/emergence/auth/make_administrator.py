"""Make somebody an administrator from the server's own machine: the way in for whoever lost every other one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.email_addresses import normalised_email
from emergence.auth.limit_attempts import account_key
from emergence.auth.parts import Auth
from emergence.auth.password_policy import Chooser, require_acceptable, require_not_ended
from emergence.auth.revoke_session import Ending, end_sessions
from emergence.auth.store import (
    attempts,
    deletions,
    deployment,
    devices,
    one_time_tokens,
    people,
    recipients,
    second_factors,
    users,
)
from emergence.auth.store.users import Account
from emergence.contracts.auth.personal_problems import UndoRejected
from emergence.contracts.auth.values import Role
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction

OPERATOR = Caller(address=None, agent=None, is_local=True)
BY_COMMAND = {"by": "command"}
HALF_WAYS_IN = ("second_factor", "mailed_code", "password_reset", "oidc_handover")  # begun by whoever knew the old one


class PasswordMissing(Exception):
    """A new account needs a password."""


@dataclass(frozen=True, slots=True)
class AdministratorToBe:
    """Who shall administer. Without a password an account keeps the one it has; a new one needs it."""

    email: str
    display_name: str | None
    password: str | None


@dataclass(frozen=True, slots=True)
class MadeAdministrator:
    """The account, and what the command changed; nothing, where everything was so before."""

    user_id: UUID
    email: str
    is_new: bool
    changed: tuple[str, ...]
    has_second_factor: bool


async def make_administrator(auth: Auth, asked: AdministratorToBe) -> MadeAdministrator:
    """Make an account for an address, or take the one that it has, and let it administer whatever happened to it.

    It is active again, also out of a deletion that is not due yet; its address counts as proved, because the
    operator vouches for it; where nobody claimed the deployment, it is claimed. A second factor stays. When its
    role, status or password changed its sessions end. Idempotent. Raises PasswordMissing, PasswordRefused,
    EmailTaken, UndoRejected when the account is erased at this moment, SignInBusy.
    """
    email_norm = normalised_email(asked.email)
    phc = None
    if asked.password is not None:
        chooser = await _chooser(auth, asked, email_norm)
        await require_acceptable(auth, asked.password, chooser, OPERATOR)
        if chooser.user_id is not None:
            await require_not_ended(auth, asked.password, chooser.user_id)
        phc = await auth.passwords.hash(asked.password)  # slow on purpose: never inside the transaction
    now = auth.clock.now()
    async with auth.database.transaction() as tx:
        install = await deployment.lock_deployment(tx)
        holder = await users.lock_holder(tx, email_norm)
        account = holder.account if holder else await _new_account(tx, asked, install.owner_id, install.is_claimed, now)
        if asked.display_name is not None:
            await users.rename_user(tx, account.user_id, asked.display_name.strip())
        events = await _changes(tx, account, email_norm, phc, now, is_new=holder is None)
        if not install.is_claimed:
            await deployment.set_owner(tx, install.owner_id or account.user_id, claims=True)
        factors = await second_factors.read_factors(tx, account.user_id)
        if holder is not None and _ends_sessions(events):
            await end_sessions(auth, tx, account.user_id, Ending("made_administrator", None, None))
        for name in events:
            data = BY_COMMAND | ({"role": Role.ADMIN.value} if name == "admin.role_changed" else {})
            await record(auth, tx, AuditEvent(name, None, account.user_id, data=data), None)
    return MadeAdministrator(account.user_id, asked.email.strip(), holder is None, tuple(events), factors.is_strong)


async def _chooser(auth: Auth, asked: AdministratorToBe, email_norm: str) -> Chooser:
    async with auth.database.transaction() as tx:
        found = await users.find_account(tx, email_norm)
        if found is None:
            return Chooser(asked.email, asked.display_name)
        factors = await second_factors.read_factors(tx, found.user_id)
    return Chooser(asked.email, asked.display_name or found.display_name, found.user_id, factors.is_strong)


async def _new_account(
    tx: Transaction, asked: AdministratorToBe, owner_id: UUID | None, is_claimed: bool, now: datetime
) -> Account:
    """Return the machine's owner where nobody claimed it yet, with the address, else a new account."""
    if asked.password is None:
        raise PasswordMissing()
    email = asked.email.strip()
    name = (asked.display_name or email.partition("@")[0])[:80].strip()
    if owner_id is not None and not is_claimed:
        await users.rename_user(tx, owner_id, name)
        account = await users.read_account(tx, owner_id)
    else:
        account = Account(new_id(), name, Role.MEMBER, True, None)
        await users.add_user(tx, account, now)
    await users.add_email(tx, account.user_id, email, normalised_email(email))
    return account


async def _changes(
    tx: Transaction, account: Account, email_norm: str, phc: str | None, now: datetime, *, is_new: bool
) -> list[str]:
    """Do what is missing, and return it as the audit log calls it."""
    user_id, done = account.user_id, []
    if account.is_being_deleted:
        if not await deletions.undo_deletion(tx, user_id, now):
            raise UndoRejected("This account is erased at this moment. Run this again in a minute to make a new one.")
        done.append("account.deletion_cancelled")
    if await people.set_status(tx, user_id, "active"):
        done.append("account.reinstated")
    if phc is not None:
        await users.set_password(tx, user_id, phc, now)
        await devices.forget_devices(tx, user_id, but=None)
        await one_time_tokens.withdraw_tokens(tx, user_id, HALF_WAYS_IN, now)
        await attempts.forget(tx, account_key(email_norm))  # guesses of others must not keep them out now
        if not is_new:
            done.append("account.password_reset")
    if await recipients.note_verified(tx, user_id, email_norm, now):
        done.append("account.email_verified")
    if await people.set_role(tx, user_id, Role.ADMIN):
        done.append("admin.role_changed")
    await recipients.note_listed_admin(
        tx, user_id, is_listed=False
    )  # given by hand: AUTH_ADMIN_EMAILS does not take it
    return done


def _ends_sessions(events: list[str]) -> bool:
    return bool({"account.reinstated", "account.password_reset", "admin.role_changed"}.intersection(events))

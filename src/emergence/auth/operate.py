"""What an operator does from the server's own machine, without an account: for lost factors and thefts."""

from dataclasses import dataclass

from emergence.auth.audit import AuditEvent, record
from emergence.auth.email_addresses import normalised_email
from emergence.auth.make_administrator import BY_COMMAND
from emergence.auth.parts import Auth
from emergence.auth.revoke_session import Ending, end_everybodys_sessions, end_sessions
from emergence.auth.rotate_keys import Doer, replace_keys
from emergence.auth.store import second_factors, users
from emergence.auth.store.users import Account
from emergence.contracts.auth.administration import AdministeredKeys
from emergence.contracts.auth.problems import UnknownUser
from emergence.kernel.storage.database import Transaction

REVOKED = "revoked_by_operator"
NOBODY = "No account has this address."
EVERYBODY_REVOKED = "everybody_revoked_by_operator"


@dataclass(frozen=True, slots=True)
class FactorsReset:
    """Whether there was a second factor, and how many sessions ended with it."""

    had_any: bool
    sessions: int


async def require_account(auth: Auth, email: str) -> None:
    """Look whether somebody has this address, before an operator is asked about them. Raises UnknownUser."""
    async with auth.database.transaction() as tx:
        if await users.find_account(tx, normalised_email(email)) is None:
            raise UnknownUser(NOBODY)


async def reset_factors(auth: Auth, email: str) -> FactorsReset:
    """Remove every second factor of somebody; their sessions end. Idempotent. Raises UnknownUser."""
    async with auth.database.transaction() as tx:
        account = await _holder(tx, email)
        if not await second_factors.delete_second_factors(tx, account.user_id):
            return FactorsReset(had_any=False, sessions=0)
        ended = await end_sessions(auth, tx, account.user_id, Ending("second_factor_reset", None, None))
        event = AuditEvent("admin.second_factor_reset", None, account.user_id, data=BY_COMMAND)
        await record(auth, tx, event, None)
    return FactorsReset(had_any=True, sessions=ended)


async def operate_keys(auth: Auth, *, compromised: bool) -> AdministeredKeys:
    """Replace the keys that sign, as an administrator would. Raises SharedSecretSigns."""
    return await replace_keys(auth, Doer(data=BY_COMMAND), compromised=compromised)


async def revoke_person(auth: Auth, email: str) -> int:
    """End every session of somebody; return how many. Raises UnknownUser."""
    async with auth.database.transaction() as tx:
        account = await _holder(tx, email)
        ended = await end_sessions(auth, tx, account.user_id, Ending(REVOKED, None, None))
        data = BY_COMMAND | {"sessions": ended}
        await record(auth, tx, AuditEvent("admin.sessions_revoked", None, account.user_id, data=data), None)
    return ended


async def revoke_all(auth: Auth) -> int:
    """End every session there is; return how many."""
    async with auth.database.transaction() as tx:
        ended = await end_everybodys_sessions(auth, tx, Ending(EVERYBODY_REVOKED, None, None))
        data = BY_COMMAND | {"sessions": ended}
        await record(auth, tx, AuditEvent("admin.everybody_revoked", data=data), None)
    return ended


async def _holder(tx: Transaction, email: str) -> Account:
    holder = await users.lock_holder(tx, normalised_email(email))
    if holder is None:
        raise UnknownUser(NOBODY)
    return holder.account

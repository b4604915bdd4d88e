"""Give an account to the proved owner of its address, and leave nothing of whoever made it a way back in."""

from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.revoke_session import Ending, end_sessions
from emergence.auth.store import devices, identities, known_addresses, one_time_tokens, second_factors, users
from emergence.kernel.storage.database import Transaction

EVENT = "account.taken_over"
REASON = "taken_over_by_owner"


async def take_over(auth: Auth, tx: Transaction, user_id: UUID, name: str, caller: Caller) -> None:
    """Remove every credential, session and pending link of an account that is locked by `lock_holder`.

    What was written in it stays: the owner sees it, and may delete it.
    """
    has_password = await users.end_password(tx, user_id, auth.clock.now())
    has_second_factor = await second_factors.delete_second_factors(tx, user_id)
    await one_time_tokens.delete_tokens(tx, user_id)
    await known_addresses.forget_person(tx, user_id)
    await devices.forget_devices(tx, user_id, but=None)
    unlinked = await identities.delete_all(tx, user_id)
    await users.rename_user(tx, user_id, name)
    ended = await end_sessions(auth, tx, user_id, Ending(REASON, user_id, caller))
    data: dict[str, str | int | bool] = {
        "password_removed": has_password,
        "second_factor_removed": has_second_factor,
        "identities_removed": unlinked,
        "sessions_ended": ended,
    }
    await record(auth, tx, AuditEvent(EVENT, user_id, user_id, data=data), caller)

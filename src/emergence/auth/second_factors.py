"""Which second factors are asked of a person: decided here for every way of signing in and for proving it again."""

from uuid import UUID

from emergence.auth.store import second_factors as store
from emergence.auth.store import users
from emergence.contracts.auth.problems import PasswordTooShortAlone
from emergence.contracts.auth.values import SecondFactorMethod
from emergence.kernel.storage.database import Database, Transaction


async def methods_of(database: Database | Transaction, user_id: UUID) -> list[SecondFactorMethod]:
    """Return what a person may prove a second factor by, the easiest first; nothing where none is asked.

    A factor that was added is always asked for: a passkey counts like an authenticator. Whoever opens a session
    asks in its transaction, with the account held by a statement before: a factor that is added ends the sessions
    that it finds, so that none may be opened by what was true before it.
    """
    factors = await store.read_factors(database, user_id)
    if not factors.is_strong:
        return []
    has: dict[SecondFactorMethod, bool] = {
        "passkey": factors.has_passkey,
        "totp": factors.has_totp,
        "recovery_code": factors.has_recovery_codes,
    }
    return [method for method, is_there in has.items() if is_there]


async def require_password_alone(database: Database | Transaction, user_id: UUID) -> None:
    """Let a password be all that is asked, or its owner have none.

    Raises PasswordTooShortAlone where it is not known to be long enough for that.
    """
    if await users.may_have_short_password(database, user_id):
        raise PasswordTooShortAlone()


async def forget_codes_without_factor(tx: Transaction, user_id: UUID) -> bool:
    """Delete recovery codes where the last factor that they stand in for is just gone; return whether it is.

    The account must be locked: two factors that are removed at the same time are each the other's last one.
    Raises PasswordTooShortAlone.
    """
    if (await store.read_factors(tx, user_id)).is_strong:
        return False
    await require_password_alone(tx, user_id)
    await store.delete_recovery_codes(tx, user_id)
    return True

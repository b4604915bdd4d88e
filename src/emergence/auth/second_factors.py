"""Which second factors are asked of a person: decided here for every way of signing in and for proving it again."""

from uuid import UUID

from emergence.auth.parts import Auth
from emergence.auth.store import second_factors as store
from emergence.contracts.auth.values import SecondFactorMethod


async def methods_of(auth: Auth, user_id: UUID) -> list[SecondFactorMethod]:
    """Return what a person may prove a second factor by, the easiest first; nothing where none is asked.

    A factor that was added is always asked for: a passkey counts like an authenticator.
    """
    factors = await store.read_factors(auth.database, user_id)
    if not factors.is_strong:
        return []
    has: dict[SecondFactorMethod, bool] = {
        "passkey": factors.has_passkey,
        "totp": factors.has_totp,
        "recovery_code": factors.has_recovery_codes,
    }
    return [method for method, is_there in has.items() if is_there]

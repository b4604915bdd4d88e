"""Slow guessing down, for each account and for each network address, across all instances."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from math import ceil
from uuid import UUID

from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.store import attempts as store
from emergence.contracts.auth.problems import TooManyAttempts
from emergence.kernel.storage.database import Transaction

# Warehouse's limit for sign-ins; the growing wait and its cap: NIST SP 800-63B-4 §3.2.2. Never a lock for good.
GUESSES = store.Allowance(burst=10, interval=timedelta(seconds=30), longest_wait=timedelta(hours=1))

# Six digits are soon guessed: five in five minutes, twenty in an hour, fifty in a day, whatever the address.
CODES_OF = {
    "minutes": store.Allowance(burst=5, interval=timedelta(minutes=1), longest_wait=timedelta(hours=1)),
    "hour": store.Allowance(burst=20, interval=timedelta(minutes=3), longest_wait=timedelta(hours=1)),
    "day": store.Allowance(burst=50, interval=timedelta(minutes=29), longest_wait=timedelta(hours=1)),
}
CODES_FROM = store.Allowance(burst=10, interval=timedelta(seconds=30), longest_wait=timedelta(hours=1))

# Each costs a row and maybe a question to a provider; an office behind one address signs in at nine.
PROVIDER_SIGN_INS = store.Allowance(burst=60, interval=timedelta(seconds=2), longest_wait=timedelta(minutes=1))


def account_key(email_norm: str) -> str:
    """Return what attempts on an account are counted under, whether it exists or not."""
    return "login:account:" + sha256(email_norm.encode()).hexdigest()


def known_key(hashed: bytes) -> str:
    """Return what attempts on an account are counted under where it was signed in to before."""
    return f"login:known:{hashed.hex()}"


def user_key(user_id: UUID) -> str:
    """Return what a signed-in person's guesses at their own password are counted under."""
    return f"reauth:user:{user_id}"


def address_key(network: str) -> str:
    """Return what attempts from a network address are counted under."""
    return f"login:address:{network}"


async def admit_attempt(auth: Auth, keys: Sequence[str]) -> None:
    """Count an attempt before it is checked, so that parallel guesses count too. Raises TooManyAttempts."""
    await _admit(auth, dict.fromkeys(keys, GUESSES))


async def admit_provider_sign_in(auth: Auth, caller: Caller) -> None:
    """Count a step of signing in by a provider. Raises TooManyAttempts."""
    await _admit(auth, {f"oidc:address:{caller.network()}": PROVIDER_SIGN_INS})


async def admit_codes(auth: Auth, user_id: UUID, caller: Caller) -> None:
    """Count an attempt at a code of somebody's second factor. Raises TooManyAttempts."""
    await _admit(auth, {_code_from(caller): CODES_FROM} | _codes_of(user_id))


async def forget_codes(tx: Transaction, user_id: UUID, caller: Caller) -> None:
    """Forget the wrong codes of somebody who had a right one, and take back the attempt from the address."""
    for key in _codes_of(user_id):
        await store.forget(tx, key)
    await store.refund(tx, _code_from(caller), CODES_FROM.interval)


def _codes_of(user_id: UUID) -> dict[str, store.Allowance]:
    return {f"code:user:{user_id}:{name}": allowance for name, allowance in CODES_OF.items()}


def _code_from(caller: Caller) -> str:
    return f"code:address:{caller.network()}"


async def _admit(auth: Auth, allowances: Mapping[str, store.Allowance]) -> None:
    for key, allowance in allowances.items():
        wait = await store.charge(auth.database, key, allowance, auth.clock.now())
        if wait is not None:
            raise TooManyAttempts(retry_after_s=ceil(wait.total_seconds()))


async def note_success(tx: Transaction, *, account: str | None = None, address: str) -> None:
    """Forget an account's failures and take back the attempt from the address.

    An address is not forgiven its other attempts: one own account would buy guesses on all others.
    """
    if account is not None:
        await store.forget(tx, account)
    await store.refund(tx, address, GUESSES.interval)

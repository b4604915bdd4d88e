"""Slow guessing down, for each account and for each network address, across all instances."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from math import ceil
from uuid import UUID

from emergence.auth.parts import Auth
from emergence.auth.store import attempts as store
from emergence.contracts.auth import TooManyAttempts
from emergence.kernel.storage.database import Transaction

# Warehouse's limit for sign-ins; the growing wait and its cap: NIST SP 800-63B-4 §3.2.2. Never a lock for good.
GUESSES = store.Allowance(burst=10, interval=timedelta(seconds=30), longest_wait=timedelta(hours=1))


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
    for key in keys:
        wait = await store.charge(auth.database, key, GUESSES, auth.clock.now())
        if wait is not None:
            raise TooManyAttempts(retry_after_s=ceil(wait.total_seconds()))


async def note_success(tx: Transaction, *, account: str | None = None, address: str) -> None:
    """Forget an account's failures and take back the attempt from the address.

    An address is not forgiven its other attempts: one own account would buy guesses on all others.
    """
    if account is not None:
        await store.forget(tx, account)
    await store.refund(tx, address, GUESSES.interval)

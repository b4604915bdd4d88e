"""Where somebody signed in before: there a stranger's wrong guesses do not lock them out."""

import hmac
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.store import known_addresses as store
from emergence.kernel.storage.database import Transaction

KEY_LABEL = "known-address/v1"
KEPT = timedelta(days=90)  # since the last sign-in from there


async def known_address(auth: Auth, email_norm: str, caller: Caller) -> bytes | None:
    """Return what this network is known by to an account that was signed in to from there; else None.

    The same work for unknown accounts, which have no known network.
    """
    hashed = _hashed(auth, email_norm, caller)
    if hashed is not None and await store.is_known(auth.database, hashed, auth.clock.now() - KEPT):
        return hashed
    return None


async def remember_address(auth: Auth, tx: Transaction, user_id: UUID, email_norm: str, caller: Caller) -> None:
    """Note that somebody proved with their password to be this account's, from this network."""
    hashed = _hashed(auth, email_norm, caller)
    if hashed is not None:
        await store.remember(tx, hashed, user_id, auth.clock.now())


def _hashed(auth: Auth, email_norm: str, caller: Caller) -> bytes | None:
    """Return a keyed hash, so that a copy of the table tells nobody's whereabouts; None for an unknown address."""
    prefix = caller.prefix()
    if prefix is None:
        return None
    return hmac.digest(auth.known_address_key, f"{prefix} {email_norm}".encode(), sha256)

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
    known_since = auth.clock.now() - KEPT
    for hashed in _hashes(auth, email_norm, caller):
        if await store.is_known(auth.database, hashed, known_since):
            return hashed
    return None


async def remember_address(auth: Auth, tx: Transaction, user_id: UUID, email_norm: str, caller: Caller) -> None:
    """Note that somebody proved with their password to be this account's, from this network."""
    for hashed in _hashes(auth, email_norm, caller)[:1]:
        await store.remember(tx, hashed, user_id, auth.clock.now())


def _hashes(auth: Auth, email_norm: str, caller: Caller) -> list[bytes]:
    """Return keyed hashes, so that a copy of the table tells nobody's whereabouts; none for an unknown address.

    The first is the present secret's, another the one's before.
    """
    prefix = caller.prefix()
    if prefix is None:
        return []
    return [hmac.digest(key, f"{prefix} {email_norm}".encode(), sha256) for key in auth.known_address_keys]

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


async def is_known_network(auth: Auth, email_norm: str, caller: Caller) -> bool:
    """Return whether this account was signed in to from the caller's network. The same work for unknown accounts."""
    return await store.is_known(auth.database, _hashes(auth, email_norm, caller), auth.clock.now() - KEPT)


def network_hash(auth: Auth, email_norm: str, caller: Caller) -> bytes:
    """Return what stands for this account and the caller's network together, whether they are known or not."""
    return _hash(auth.known_address_keys[0], email_norm, caller.prefix() or "unknown")


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
    return [_hash(key, email_norm, prefix) for key in auth.known_address_keys]


def _hash(key: bytes, email_norm: str, prefix: str) -> bytes:
    return hmac.digest(key, f"{prefix} {email_norm}".encode(), sha256)

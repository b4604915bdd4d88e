"""Signing keys: at most one active and one to come for each algorithm."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from emergence.kernel.storage.database import Transaction

KeyState = Literal["next", "active", "retired"]


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A row of signing_keys; `public` is a JWK as JSON, `private_enc` is sealed. `not_before` is when it may sign."""

    kid: str
    alg: str
    public: str
    private_enc: bytes | None
    state: KeyState
    not_before: datetime
    created_at: datetime
    retired_at: datetime | None


async def take_turn(tx: Transaction) -> None:
    """Let one process at a time look at the keys and change them."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('auth.signing_keys', 0))")


async def read_keys(tx: Transaction) -> list[StoredKey]:
    """Return every key that verifiers may meet, oldest first."""
    rows = await tx.fetch(
        """SELECT kid, alg, public::text AS public, private_enc, state, not_before, created_at, retired_at
           FROM signing_keys ORDER BY created_at, kid"""
    )
    return [StoredKey(**dict(row)) for row in rows]


async def add_key(tx: Transaction, key: StoredKey) -> None:
    """Store a new key."""
    await tx.execute(
        """INSERT INTO signing_keys (kid, alg, public, private_enc, state, not_before, created_at)
           VALUES ($1, $2, $3::jsonb, $4, $5, $6, $7)""",
        key.kid,
        key.alg,
        key.public,
        key.private_enc,
        key.state,
        key.not_before,
        key.created_at,
    )


async def activate(tx: Transaction, kid: str) -> None:
    """Let a key sign from now on; the one that did so must have been retired before."""
    await tx.execute("UPDATE signing_keys SET state = 'active' WHERE kid = $1", kid)


async def retire(tx: Transaction, kid: str, at: datetime) -> None:
    """Let a key verify only. Its private half is deleted: nothing needs it any more."""
    await tx.execute(
        "UPDATE signing_keys SET state = 'retired', retired_at = $2, private_enc = NULL WHERE kid = $1", kid, at
    )


async def purge(tx: Transaction, kid: str) -> None:
    """Delete a key: nothing that it signed is believed any more."""
    await tx.execute("DELETE FROM signing_keys WHERE kid = $1", kid)


async def reseal(tx: Transaction, kid: str, private_enc: bytes) -> None:
    """Store a private key sealed anew."""
    await tx.execute("UPDATE signing_keys SET private_enc = $2 WHERE kid = $1", kid, private_enc)

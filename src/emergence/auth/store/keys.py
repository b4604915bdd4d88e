"""Signing keys: at most one active for each algorithm."""

from dataclasses import dataclass
from datetime import datetime

from emergence.kernel.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A row of signing_keys; `public` is a JWK as JSON, `private_enc` is sealed."""

    kid: str
    alg: str
    public: str
    private_enc: bytes | None
    state: str
    not_before: datetime


async def take_turn(tx: Transaction) -> None:
    """Let one process at a time look for a key and make the first one."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('auth.signing_keys', 0))")


async def read_keys(tx: Transaction) -> list[StoredKey]:
    """Return every key that verifiers may meet, oldest first."""
    rows = await tx.fetch(
        "SELECT kid, alg, public::text AS public, private_enc, state, not_before FROM signing_keys ORDER BY created_at"
    )
    return [StoredKey(**dict(row)) for row in rows]


async def add_key(tx: Transaction, key: StoredKey) -> StoredKey:
    """Store a new key and return it."""
    await tx.execute(
        """INSERT INTO signing_keys (kid, alg, public, private_enc, state, not_before, created_at)
           VALUES ($1, $2, $3::jsonb, $4, $5, $6, $6)""",
        key.kid,
        key.alg,
        key.public,
        key.private_enc,
        key.state,
        key.not_before,
    )
    return key

"""From where accounts were signed in to: hashes only."""

from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Database, Transaction


async def is_known(database: Database, hashes: list[bytes], seen_after: datetime) -> bool:
    """Return whether an account and network, by any of their hashes, were together in a sign-in since then."""
    row = await database.fetchrow(
        "SELECT FROM known_addresses WHERE hash = ANY($1) AND last_seen_at > $2 LIMIT 1", hashes, seen_after
    )
    return row is not None


async def remember(tx: Transaction, hashed: bytes, user_id: UUID, at: datetime) -> None:
    """Note a sign-in. Idempotent."""
    await tx.execute(
        """INSERT INTO known_addresses (hash, user_id, last_seen_at) VALUES ($1, $2, $3)
           ON CONFLICT (hash) DO UPDATE SET user_id = excluded.user_id, last_seen_at = excluded.last_seen_at""",
        hashed,
        user_id,
        at,
    )


async def forget_person(tx: Transaction, user_id: UUID) -> None:
    """Delete from where one account was signed in to."""
    await tx.execute("DELETE FROM known_addresses WHERE user_id = $1", user_id)


async def forget_unseen(database: Database, seen_before: datetime) -> None:
    """Delete what nobody signed in from for long."""
    await database.execute("DELETE FROM known_addresses WHERE last_seen_at < $1", seen_before)

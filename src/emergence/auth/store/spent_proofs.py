"""Proofs of work that were used: each counts once."""

from datetime import datetime

from emergence.kernel.storage.database import Database


async def spend(database: Database, hashed: bytes, ends_at: datetime) -> bool:
    """Use a proof up; False when it was used before. One statement, so of two at once one wins."""
    row = await database.fetchrow(
        "INSERT INTO spent_proofs (hash, exp) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true", hashed, ends_at
    )
    return row is not None


async def forget_over(database: Database, now: datetime) -> None:
    """Delete proofs whose challenge is over: they would be refused anyway."""
    await database.execute("DELETE FROM spent_proofs WHERE exp < $1", now)

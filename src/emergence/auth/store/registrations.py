"""Accounts that were asked for and whose address is not proved yet."""

from datetime import datetime

from emergence.kernel.storage.database import Database, Transaction


async def add(
    tx: Transaction, hashed: bytes, address_hash: bytes, sealed: bytes, at: datetime, ends_at: datetime
) -> None:
    """Store what was asked for, under the hash of the link that proves the address."""
    await tx.execute(
        "INSERT INTO registrations (hash, address_hash, sealed, created_at, exp) VALUES ($1, $2, $3, $4, $5)",
        hashed,
        address_hash,
        sealed,
        at,
        ends_at,
    )


async def find(database: Database, hashed: bytes, now: datetime) -> bytes | None:
    """Return what was asked for, if the link is still good."""
    row = await database.fetchrow("SELECT sealed FROM registrations WHERE hash = $1 AND exp > $2", hashed, now)
    return row["sealed"] if row else None


async def take(tx: Transaction, hashed: bytes, now: datetime) -> bool:
    """Use a link up; False when it is unknown, used or over. Of two at once one gets it."""
    row = await tx.fetchrow("DELETE FROM registrations WHERE hash = $1 AND exp > $2 RETURNING true", hashed, now)
    return row is not None


async def forget_address(tx: Transaction, address_hash: bytes) -> None:
    """Delete whatever else was asked for with an address that has an account now."""
    await tx.execute("DELETE FROM registrations WHERE address_hash = $1", address_hash)


async def forget_over(database: Database, now: datetime) -> None:
    """Delete what nobody confirmed in time."""
    await database.execute("DELETE FROM registrations WHERE exp <= $1", now)

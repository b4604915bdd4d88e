"""Browsers that accounts were signed in with: hashes of what they hold."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A browser as one account knows it; one browser is a row for each account."""

    id: UUID
    user_id: UUID
    hash: bytes
    rotated_at: datetime


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A browser that an account did not know before."""

    id: UUID
    user_id: UUID
    hash: bytes
    network_prefix: str | None
    at: datetime


async def find_device(database: Database, user_id: UUID | None, hashed: bytes, seen_after: datetime) -> UUID | None:
    """Return this account's device with what the browser holds, now or before the last change."""
    row = await database.fetchrow(
        """SELECT id FROM devices
           WHERE user_id = $1 AND (hash = $2 OR previous_hash = $2) AND last_seen_at > $3 LIMIT 1""",
        user_id,
        hashed,
        seen_after,
    )
    return row["id"] if row else None


async def lock_devices(tx: Transaction, hashed: bytes, seen_after: datetime) -> list[KnownDevice]:
    """Return every account's row of one browser, locked in one order, so that two sign-ins there queue."""
    rows = await tx.fetch(
        """SELECT id, user_id, hash, rotated_at FROM devices
           WHERE (hash = $1 OR previous_hash = $1) AND last_seen_at > $2 ORDER BY id FOR UPDATE""",
        hashed,
        seen_after,
    )
    return [KnownDevice(**dict(row)) for row in rows]


async def add_device(tx: Transaction, device: NewDevice) -> UUID:
    """Store a browser and return its id; another sign-in may have stored the same one just before."""
    row = await tx.fetchrow(
        """INSERT INTO devices (id, user_id, hash, first_ip_prefix, trusted_at, rotated_at, last_seen_at)
           VALUES ($1, $2, $3, $4, $5, $5, $5)
           ON CONFLICT (user_id, hash) DO UPDATE SET last_seen_at = excluded.last_seen_at RETURNING id""",
        device.id,
        device.user_id,
        device.hash,
        device.network_prefix,
        device.at,
    )
    if row is None:
        raise LookupError("the device was not stored")
    added: UUID = row["id"]
    return added


async def touch_device(tx: Transaction, device_id: UUID, at: datetime) -> None:
    """Note that somebody signed in there again."""
    await tx.execute("UPDATE devices SET last_seen_at = $2 WHERE id = $1", device_id, at)


async def rotate_devices(
    tx: Transaction, device_ids: list[UUID], presented: bytes, hashed: bytes, at: datetime
) -> None:
    """Let `hashed` count from now on, and `presented` until the next change."""
    await tx.execute(
        "UPDATE devices SET hash = $3, previous_hash = $2, rotated_at = $4 WHERE id = ANY($1)",
        device_ids,
        presented,
        hashed,
        at,
    )


async def is_device(tx: Transaction, device_id: UUID, hashed: bytes) -> bool:
    """Return whether what a browser holds belongs to this device."""
    row = await tx.fetchrow(
        "SELECT FROM devices WHERE id = $1 AND (hash = $2 OR previous_hash = $2)", device_id, hashed
    )
    return row is not None


async def forget_devices(tx: Transaction, user_id: UUID, but: UUID | None) -> None:
    """Forget where an account was signed in with, except one device."""
    await tx.execute("DELETE FROM devices WHERE user_id = $1 AND id IS DISTINCT FROM $2", user_id, but)


async def forget_beyond(tx: Transaction, user_id: UUID, kept: int) -> None:
    """Keep the latest seen devices of an account only."""
    await tx.execute(
        """DELETE FROM devices WHERE id IN
               (SELECT id FROM devices WHERE user_id = $1 ORDER BY last_seen_at DESC, id DESC OFFSET $2)""",
        user_id,
        kept,
    )


async def forget_unseen(database: Database, seen_before: datetime) -> None:
    """Delete what nobody signed in with for long."""
    await database.execute("DELETE FROM devices WHERE last_seen_at < $1", seen_before)

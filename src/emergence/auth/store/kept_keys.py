"""Keys that outlive the secret they were made from, sealed."""

from emergence.kernel.storage.database import Database


async def keep(database: Database, name: str, sealed: bytes) -> None:
    """Keep a key, unless there is one of that name."""
    await database.execute(
        "INSERT INTO kept_keys (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, sealed
    )


async def read(database: Database, name: str) -> bytes:
    """Return a kept key."""
    row = await database.fetchrow("SELECT sealed FROM kept_keys WHERE name = $1", name)
    return bytes(row["sealed"]) if row is not None else b""


async def reseal(database: Database, name: str, old: bytes, new: bytes) -> None:
    """Replace the sealed form, unless somebody else did."""
    await database.execute("UPDATE kept_keys SET sealed = $3 WHERE name = $1 AND sealed = $2", name, old, new)

"""A key that must outlive the secret by which it is sealed: what it vouched for must be provable for years.

A service that has one keeps it in its table `kept_keys (name, sealed)`.
"""

from emergence.kernel.sealing import Seal
from emergence.kernel.storage.database import Database


class KeptKey:
    """The key of one purpose: `first` where none is kept yet. `value` is right once `open` was called."""

    def __init__(self, label: str, first: bytes) -> None:
        self._label = label
        self.value = first

    async def open(self, database: Database, seal: Seal) -> None:
        """Read the key, or keep it now; seal it anew where the secret has changed. Idempotent. Raises SealBroken."""
        place = f"kept_keys/{self._label}"
        await database.execute(
            "INSERT INTO kept_keys (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            self._label,
            seal.close(self.value, place),
        )
        row = await database.fetchrow("SELECT sealed FROM kept_keys WHERE name = $1", self._label)
        sealed = b"" if row is None else bytes(row["sealed"])
        self.value = seal.open(sealed, place)
        if (renewed := seal.renewed(sealed, place)) is not None:  # unless somebody else did
            await database.execute(
                "UPDATE kept_keys SET sealed = $3 WHERE name = $1 AND sealed = $2", self._label, sealed, renewed
            )

    async def peek(self, database: Database, seal: Seal) -> None:
        """Read the key where one is kept, and write nothing. Raises SealBroken."""
        row = await database.fetchrow("SELECT sealed FROM kept_keys WHERE name = $1", self._label)
        if row is not None:
            self.value = seal.open(bytes(row["sealed"]), f"kept_keys/{self._label}")

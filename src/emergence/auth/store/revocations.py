"""What ended early, in the order of commits: a reader that has seen a number has seen everything below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from emergence.kernel.revocations import Revocation
from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class NumberedRevocation:
    """A row of the feed."""

    seq: int
    revocation: Revocation


async def add_revocation(tx: Transaction, revocation: Revocation) -> None:
    """Tell every service when, and only when, `tx` commits."""
    await tx.execute(
        "INSERT INTO revocations (kind, ref, sv, at, reason) VALUES ($1, $2, $3, $4, $5)",
        revocation.kind,
        revocation.ref,
        revocation.version,
        revocation.at,
        revocation.reason,
    )


async def read_revocations(database: Database, after: int, limit: int) -> Sequence[NumberedRevocation]:
    """Return up to `limit` rows after a number, in order."""
    rows = await database.fetch(
        "SELECT seq, kind, ref, at, reason, sv FROM revocations WHERE seq > $1 ORDER BY seq LIMIT $2", after, limit
    )
    return [NumberedRevocation(row["seq"], Revocation(*tuple(row)[1:])) for row in rows]


async def forget_revocations(database: Database, ended_before: datetime, keys_before: datetime) -> None:
    """Delete what no token can be older than; withdrawn keys are told for longer."""
    await database.execute(
        "DELETE FROM revocations WHERE at < CASE kind WHEN 'key' THEN $2::timestamptz ELSE $1::timestamptz END",
        ended_before,
        keys_before,
    )

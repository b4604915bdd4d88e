"""One-time tokens: bound to a purpose and a person, good once, for a while, for some tries."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as it is stored."""

    hash: bytes
    purpose: str
    user_id: UUID
    created_at: datetime
    ends_at: datetime
    data: str = "{}"


async def add_token(tx: Transaction, token: NewToken) -> None:
    """Store a new token."""
    await tx.execute(
        """INSERT INTO one_time_tokens (hash, purpose, user_id, data, created_at, exp)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        token.hash,
        token.purpose,
        token.user_id,
        token.data,
        token.created_at,
        token.ends_at,
    )


async def try_token(database: Database, hashed: bytes, purpose: str, now: datetime, tries: int) -> UUID | None:
    """Count a try and return whose token it is; None when unknown, used, over, or tried too often. One statement."""
    row = await database.fetchrow(
        """UPDATE one_time_tokens SET tries = tries + 1
           WHERE hash = $1 AND purpose = $2 AND exp > $3 AND consumed_at IS NULL AND tries < $4
           RETURNING user_id""",
        hashed,
        purpose,
        now,
        tries,
    )
    return row["user_id"] if row else None


async def consume_token(tx: Transaction, hashed: bytes, purpose: str, now: datetime) -> UUID | None:
    """Use a token up and return whose it was; None when it is unknown, used or over."""
    row = await tx.fetchrow(
        """UPDATE one_time_tokens SET consumed_at = $3
           WHERE hash = $1 AND purpose = $2 AND exp > $3 AND consumed_at IS NULL
           RETURNING user_id""",
        hashed,
        purpose,
        now,
    )
    return row["user_id"] if row else None


async def read_data(tx: Transaction, hashed: bytes) -> str:
    """Return what was kept with a token that is known to exist, as JSON."""
    data: str = await tx.fetchval("SELECT data::text FROM one_time_tokens WHERE hash = $1", hashed)
    return data


async def delete_tokens(tx: Transaction, user_id: UUID) -> None:
    """Delete all tokens of a person: what was begun before counts no more."""
    await tx.execute("DELETE FROM one_time_tokens WHERE user_id = $1", user_id)


async def forget_tokens(database: Database, ended_before: datetime) -> None:
    """Delete tokens whose time is over."""
    await database.execute("DELETE FROM one_time_tokens WHERE exp < $1", ended_before)

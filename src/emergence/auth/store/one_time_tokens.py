"""One-time tokens: bound to a purpose and a person, good once, for a while, for some tries."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as it is stored; one that belongs to nobody only looks like one."""

    hash: bytes
    purpose: str
    user_id: UUID | None
    created_at: datetime
    ends_at: datetime
    data: str = "{}"


@dataclass(frozen=True, slots=True)
class FoundToken:
    """Whose token it is, since when, and what was noted with it."""

    user_id: UUID | None
    created_at: datetime
    data: Mapping[str, str]


def _found(row: Record | None) -> FoundToken | None:
    return FoundToken(row["user_id"], row["created_at"], json.loads(row["data"])) if row else None


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


async def try_token(database: Database, hashed: bytes, purpose: str, now: datetime, tries: int) -> FoundToken | None:
    """Count a try and return the token; None when unknown, used, over, or tried too often. One statement."""
    row = await database.fetchrow(
        """UPDATE one_time_tokens SET tries = tries + 1
           WHERE hash = $1 AND purpose = $2 AND exp > $3 AND consumed_at IS NULL AND tries < $4
           RETURNING user_id, created_at, data""",
        hashed,
        purpose,
        now,
        tries,
    )
    return _found(row)


async def holder_of(database: Database | Transaction, hashed: bytes, purpose: str, now: datetime) -> UUID | None:
    """Return whose token it is, without using or counting anything."""
    row = await database.fetchrow(
        "SELECT user_id FROM one_time_tokens WHERE hash = $1 AND purpose = $2 AND exp > $3 AND consumed_at IS NULL",
        hashed,
        purpose,
        now,
    )
    return row["user_id"] if row else None


async def consume_token(tx: Transaction, hashed: bytes, purpose: str, now: datetime) -> FoundToken | None:
    """Use a token up and return it; None when it is unknown, used or over."""
    row = await tx.fetchrow(
        """UPDATE one_time_tokens SET consumed_at = $3
           WHERE hash = $1 AND purpose = $2 AND exp > $3 AND consumed_at IS NULL
           RETURNING user_id, created_at, data""",
        hashed,
        purpose,
        now,
    )
    return _found(row)


async def withdraw_tokens(tx: Transaction, user_id: UUID, purposes: Sequence[str], now: datetime) -> None:
    """Make a person's unused tokens for these purposes worth nothing."""
    await tx.execute(
        """UPDATE one_time_tokens SET consumed_at = $3
           WHERE user_id = $1 AND purpose = ANY ($2::text[]) AND consumed_at IS NULL""",
        user_id,
        list(purposes),
        now,
    )


async def withdraw_tokens_since(tx: Transaction, user_id: UUID, purpose: str, since: datetime, now: datetime) -> None:
    """Do so with those for one purpose that were made at a time or later."""
    await tx.execute(
        """UPDATE one_time_tokens SET consumed_at = $4
           WHERE user_id = $1 AND purpose = $2 AND created_at >= $3 AND consumed_at IS NULL""",
        user_id,
        purpose,
        since,
        now,
    )


async def living_tokens(tx: Transaction, user_id: UUID, purpose: str, now: datetime) -> list[FoundToken]:
    """Return a person's tokens for a purpose that may still be used."""
    rows = await tx.fetch(
        """SELECT user_id, created_at, data FROM one_time_tokens
           WHERE user_id = $1 AND purpose = $2 AND exp > $3 AND consumed_at IS NULL""",
        user_id,
        purpose,
        now,
    )
    return [found for row in rows if (found := _found(row))]


async def withdraw_begun(
    tx: Transaction, user_id: UUID, purposes: Sequence[str], now: datetime, *, but_from: UUID | None
) -> None:
    """Do so with what was begun in any session, or in none, but not with what was begun in the one that is named."""
    await tx.execute(
        """UPDATE one_time_tokens SET consumed_at = $3
           WHERE user_id = $1 AND purpose = ANY ($2::text[]) AND consumed_at IS NULL
               AND ($4::text IS NULL OR data ->> 'session_id' IS DISTINCT FROM $4)""",
        user_id,
        list(purposes),
        now,
        str(but_from) if but_from else None,
    )


async def withdraw_begun_in_ended(tx: Transaction, user_id: UUID, purpose: str, now: datetime) -> None:
    """Do so with what was begun in sessions that were revoked since."""
    await tx.execute(
        """UPDATE one_time_tokens SET consumed_at = $3
           WHERE user_id = $1 AND purpose = $2 AND consumed_at IS NULL
               AND EXISTS (SELECT FROM sessions WHERE revoked_at IS NOT NULL AND id::text = data ->> 'session_id')""",
        user_id,
        purpose,
        now,
    )


async def withdraw_everybodys(tx: Transaction, purposes: Sequence[str], now: datetime) -> None:
    """Make everybody's unused tokens for these purposes worth nothing."""
    await tx.execute(
        "UPDATE one_time_tokens SET consumed_at = $2 WHERE purpose = ANY ($1::text[]) AND consumed_at IS NULL",
        list(purposes),
        now,
    )


async def delete_tokens(tx: Transaction, user_id: UUID) -> None:
    """Delete all tokens of a person: what was begun before counts no more."""
    await tx.execute("DELETE FROM one_time_tokens WHERE user_id = $1", user_id)


async def forget_tokens(database: Database, ended_before: datetime) -> None:
    """Delete tokens whose time is over."""
    await database.execute("DELETE FROM one_time_tokens WHERE exp < $1", ended_before)

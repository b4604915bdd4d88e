"""Letters on their way, each held by one sender at a time, and requests for letters by people not known yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from emergence.kernel.storage.database import Database, Transaction

Outcome = Literal["sent", "expired", "refused", "replaced"]


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter as it is stored."""

    id: UUID
    user_id: UUID | None
    kind: str
    sealed: bytes
    created_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ClaimedLetter:
    """A letter that this sender alone may send until its lease ends; `tries` says which claim this is."""

    id: UUID
    user_id: UUID | None
    kind: str
    sealed: bytes
    created_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has not been sent yet."""

    depth: int
    oldest: datetime | None


async def add_letter(tx: Transaction, letter: NewLetter) -> None:
    """Store a letter that is to be sent now."""
    await tx.execute(
        """INSERT INTO email_outbox (id, user_id, kind, sealed, created_at, next_at, exp)
           VALUES ($1, $2, $3, $4, $5, $5, $6)""",
        letter.id,
        letter.user_id,
        letter.kind,
        letter.sealed,
        letter.created_at,
        letter.ends_at,
    )


async def has_due(database: Database, now: datetime) -> bool:
    """Return whether a letter is to be sent now."""
    row = await database.fetchrow(
        "SELECT FROM email_outbox WHERE done_at IS NULL AND next_at <= $1 AND exp > $1 LIMIT 1", now
    )
    return row is not None


async def has_overdue(database: Database, since: datetime) -> bool:
    """Return whether a letter was to be sent at `since` already and still waits; who sends it, moves that on."""
    row = await database.fetchrow("SELECT FROM email_outbox WHERE done_at IS NULL AND next_at <= $1 LIMIT 1", since)
    return row is not None


async def claim(database: Database, now: datetime, until: datetime) -> ClaimedLetter | None:
    """Return the letter that waits longest and keep other senders from it until `until`. One statement."""
    row = await database.fetchrow(
        """UPDATE email_outbox SET next_at = $2, tries = tries + 1
           WHERE id = (SELECT id FROM email_outbox WHERE done_at IS NULL AND next_at <= $1 AND exp > $1
                       ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
           RETURNING id, user_id, kind, sealed, created_at, tries""",
        now,
        until,
    )
    return ClaimedLetter(**dict(row)) if row else None


async def finish(database: Database, letter: ClaimedLetter, outcome: Outcome, now: datetime) -> bool:
    """End a letter and erase what was in it; return False when another sender has it by now."""
    row = await database.fetchrow(
        """UPDATE email_outbox SET done_at = $3, outcome = $4, sealed = NULL
           WHERE id = $1 AND tries = $2 AND done_at IS NULL RETURNING true""",
        letter.id,
        letter.tries,
        now,
        outcome,
    )
    return row is not None


async def postpone(database: Database, letter: ClaimedLetter, next_at: datetime) -> None:
    """Let a letter be tried again later, by whoever comes first."""
    await database.execute(
        "UPDATE email_outbox SET next_at = $3 WHERE id = $1 AND tries = $2 AND done_at IS NULL",
        letter.id,
        letter.tries,
        next_at,
    )


async def drop_expired(database: Database, now: datetime) -> int:
    """End letters whose time is over, and erase what was in them; return how many."""
    rows = await database.fetch(
        """UPDATE email_outbox SET done_at = $1, outcome = 'expired', sealed = NULL
           WHERE done_at IS NULL AND exp <= $1 RETURNING true""",
        now,
    )
    return len(rows)


async def replace_waiting(tx: Transaction, user_id: UUID, kind: str, now: datetime) -> None:
    """Take back letters of one kind to one person that still wait: a newer one replaces what they offer."""
    await tx.execute(
        """UPDATE email_outbox SET done_at = $3, outcome = 'replaced', sealed = NULL
           WHERE user_id = $1 AND kind = $2 AND done_at IS NULL""",
        user_id,
        kind,
        now,
    )


async def waiting(database: Database) -> Waiting:
    """Return how much waits and since when."""
    row = await database.fetchrow("SELECT count(*), min(created_at) FROM email_outbox WHERE done_at IS NULL")
    return Waiting(row[0], row[1]) if row else Waiting(0, None)


async def forget_done(database: Database, before: datetime) -> None:
    """Delete letters that ended before `before`."""
    await database.execute("DELETE FROM email_outbox WHERE done_at < $1", before)


async def add_request(database: Database | Transaction, request_id: UUID, sealed: bytes, now: datetime) -> None:
    """Store that somebody asked for a letter."""
    await database.execute(
        "INSERT INTO email_requests (id, sealed, created_at) VALUES ($1, $2, $3)", request_id, sealed, now
    )


async def take_request(tx: Transaction) -> tuple[UUID, bytes, datetime] | None:
    """Return a request and delete it when `tx` commits; others take the next one meanwhile."""
    row = await tx.fetchrow(
        """DELETE FROM email_requests
           WHERE id = (SELECT id FROM email_requests ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
           RETURNING id, sealed, created_at"""
    )
    return (row["id"], row["sealed"], row["created_at"]) if row else None


async def has_request(database: Database) -> bool:
    """Return whether a request waits."""
    return await database.fetchrow("SELECT FROM email_requests LIMIT 1") is not None

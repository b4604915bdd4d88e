"""Files with everything that is kept of a person: who collects them, how far that is, and their sealed chunks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from asyncpg import Record

from emergence.kernel.storage.database import Database, Transaction

State = Literal["waiting", "running", "ready", "failed"]
_COLUMNS = """id, user_id, for_administrator, state, requested_at, attempt, collecting, rows_collected, size_bytes,
    chunks, finished_at, expires_at"""


@dataclass(frozen=True, slots=True)
class StoredExport:
    """An export; `collecting` is the service that is asked, or that is waited for."""

    id: UUID
    user_id: UUID
    for_administrator: bool
    state: State
    requested_at: datetime
    attempt: int = 0
    collecting: str | None = None
    rows_collected: int = 0
    size_bytes: int = 0
    chunks: int = 0
    finished_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one attempt has come."""

    collecting: str
    rows: int
    size_bytes: int
    chunks: int


def _export(row: Record) -> StoredExport:
    return StoredExport(**dict(row))


async def lock_person(tx: Transaction, user_id: UUID) -> bool:
    """Make other requests for this person wait; False when there is no such account."""
    row = await tx.fetchrow("SELECT FROM users WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE", user_id)
    return row is not None


async def add_export(tx: Transaction, export: StoredExport) -> None:
    """Store a new one, to be collected at once."""
    await tx.execute(
        """INSERT INTO exports (id, user_id, for_administrator, state, requested_at, next_try_at)
           VALUES ($1, $2, $3, $4, $5, $5)""",
        export.id,
        export.user_id,
        export.for_administrator,
        export.state,
        export.requested_at,
    )


async def requested_since(
    tx: Transaction, user_id: UUID, *, for_administrator: bool, since: datetime
) -> list[StoredExport]:
    """Return what was asked for since then, newest first; what failed is not counted against anybody."""
    rows = await tx.fetch(
        f"""SELECT {_COLUMNS} FROM exports
            WHERE user_id = $1 AND for_administrator = $2 AND requested_at > $3 AND state <> 'failed'
            ORDER BY requested_at DESC, id DESC""",  # noqa: S608 - our own columns
        user_id,
        for_administrator,
        since,
    )
    return [_export(row) for row in rows]


async def latest_export(
    database: Database, user_id: UUID, *, for_administrator: bool, now: datetime
) -> StoredExport | None:
    """Return the newest export of a person that has not expired."""
    row = await database.fetchrow(
        f"""SELECT {_COLUMNS} FROM exports
            WHERE user_id = $1 AND for_administrator = $2 AND (expires_at IS NULL OR expires_at > $3)
            ORDER BY requested_at DESC, id DESC LIMIT 1""",  # noqa: S608 - our own columns
        user_id,
        for_administrator,
        now,
    )
    return _export(row) if row else None


async def take_due(database: Database, now: datetime, lease_until: datetime) -> StoredExport | None:
    """Begin an attempt at an export that waits, or whose worker went silent. One statement: nobody else gets it."""
    row = await database.fetchrow(
        f"""WITH taken AS (
                SELECT id AS taken_id FROM exports
                WHERE (state = 'waiting' AND next_try_at <= $1) OR (state = 'running' AND lease_until < $1)
                ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED
            ), emptied AS (
                DELETE FROM export_chunks USING taken WHERE export_id = taken_id
            )
            UPDATE exports SET state = 'running', attempt = attempt + 1, lease_until = $2, collecting = NULL,
                rows_collected = 0, size_bytes = 0, chunks = 0
            FROM taken WHERE id = taken_id RETURNING {_COLUMNS}""",  # noqa: S608 - our own columns
        now,
        lease_until,
    )
    return _export(row) if row else None


_HELD = "id = $1 AND attempt = $2 AND state = 'running'"


async def note_progress(database: Database, export: StoredExport, progress: Progress, lease_until: datetime) -> bool:
    """Say how far it is and keep the lease; False when the attempt is not ours any more."""
    row = await database.fetchrow(
        f"""UPDATE exports SET collecting = $3, rows_collected = $4, lease_until = $5 WHERE {_HELD}
            RETURNING true""",  # noqa: S608 - our own condition
        export.id,
        export.attempt,
        progress.collecting,
        progress.rows,
        lease_until,
    )
    return row is not None


async def add_chunk(database: Database, export: StoredExport, progress: Progress, sealed: bytes) -> bool:
    """Add the chunk that `progress` counts in; False when the attempt is not ours any more."""
    row = await database.fetchrow(
        f"""WITH held AS (
                UPDATE exports SET size_bytes = $3, chunks = $4 WHERE {_HELD} RETURNING id
            )
            INSERT INTO export_chunks (export_id, attempt, place, sealed) SELECT id, $2, $4 - 1, $5 FROM held
            RETURNING true""",  # noqa: S608 - our own condition
        export.id,
        export.attempt,
        progress.size_bytes,
        progress.chunks,
        sealed,
    )
    return row is not None


async def finish_export(
    tx: Transaction, export: StoredExport, state: State, now: datetime, expires_at: datetime
) -> bool:
    """Say that it is ready, or given up; False when the attempt is not ours any more."""
    row = await tx.fetchrow(
        f"""UPDATE exports SET state = $3, finished_at = $4, expires_at = $5, lease_until = NULL WHERE {_HELD}
            RETURNING true""",  # noqa: S608 - our own condition
        export.id,
        export.attempt,
        state,
        now,
        expires_at,
    )
    return row is not None


async def postpone_export(database: Database, export: StoredExport, next_try_at: datetime) -> None:
    """Give an attempt up; it begins anew at that time."""
    await database.execute(
        f"UPDATE exports SET state = 'waiting', next_try_at = $3, lease_until = NULL WHERE {_HELD}",  # noqa: S608
        export.id,
        export.attempt,
        next_try_at,
    )


async def read_chunk(database: Database, export: StoredExport, place: int) -> bytes | None:
    """Return a sealed chunk of a finished export."""
    row = await database.fetchrow(
        "SELECT sealed FROM export_chunks WHERE export_id = $1 AND attempt = $2 AND place = $3",
        export.id,
        export.attempt,
        place,
    )
    return row["sealed"] if row else None


async def forget_expired(database: Database, now: datetime) -> None:
    """Delete files whose time is over."""
    await database.execute("DELETE FROM exports WHERE expires_at <= $1", now)

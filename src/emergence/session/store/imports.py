"""Files that people bring in: how far each is, and which instance is at it."""

from datetime import datetime
from uuid import UUID

import asyncpg
from asyncpg import Record

from emergence.contracts.session.carrying import Import
from emergence.kernel.storage.database import Database, Transaction


def _import(row: Record) -> Import:
    columns = {"id": row["id"], "state": row["state"], "started_at": row["started_at"], "ended_at": row["ended_at"]}
    return Import.model_validate_json(row["progress"]).model_copy(update=columns)


async def insert_import(database: Database, user_id: UUID, begun: Import) -> bool:
    """Add an import that runs; return False when the user has another one that does."""
    try:
        await database.execute(
            """
            INSERT INTO imports (id, user_id, state, progress, started_at, beat_at)
            VALUES ($1, $2, 'running', $3, $4, $4)
            """,
            begun.id,
            user_id,
            begun.model_dump_json(),
            begun.started_at,
        )
    except asyncpg.UniqueViolationError:
        return False
    return True


async def lock_running(tx: Transaction, user_id: UUID, import_id: UUID) -> Import | None:
    """Lock the user's import if it still runs and return how far it is; its erasure waits, or has come first."""
    row = await tx.fetchrow(
        "SELECT * FROM imports WHERE id = $1 AND user_id = $2 AND state = 'running' FOR UPDATE", import_id, user_id
    )
    return None if row is None else _import(row)


async def save_progress(tx: Transaction, user_id: UUID, progress: Import, at: datetime) -> None:
    """Store how far the user's import is, and that somebody is at it."""
    await tx.execute(
        "UPDATE imports SET state = $3, progress = $4, ended_at = $5, beat_at = $6 WHERE id = $1 AND user_id = $2",
        progress.id,
        user_id,
        progress.state,
        progress.model_dump_json(),
        progress.ended_at,
        at,
    )


async def read_imports(database: Database, user_id: UUID, limit: int) -> list[Import]:
    """Return the user's imports, the latest first."""
    rows = await database.fetch(
        "SELECT * FROM imports WHERE user_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2", user_id, limit
    )
    return [_import(row) for row in rows]


async def read_import(database: Database, user_id: UUID, import_id: UUID) -> Import | None:
    """Return the user's import, or None."""
    row = await database.fetchrow("SELECT * FROM imports WHERE id = $1 AND user_id = $2", import_id, user_id)
    return None if row is None else _import(row)


async def interrupt_silent(database: Database, silent_since: datetime, at: datetime) -> None:
    """Say of imports that nobody is at any more that they are over, whosever they are."""
    await database.execute(
        "UPDATE imports SET state = 'interrupted', ended_at = $2 WHERE state = 'running' AND beat_at < $1",
        silent_since,
        at,
    )


async def prune_imports(database: Database, before: datetime) -> None:
    """Forget imports that are over and began before then."""
    await database.execute("DELETE FROM imports WHERE started_at < $1 AND state <> 'running'", before)

"""Conversations."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from emergence.contracts.session.threads import Thread
from emergence.kernel.storage.database import Database, Transaction

_COLUMNS = """
    id, title, agent, created_at, updated_at,
    EXISTS (SELECT FROM runs WHERE runs.thread_id = threads.id AND runs.state <> 'ended') AS running
"""


@dataclass(frozen=True, slots=True)
class ThreadPosition:
    """Where a page of threads ends."""

    updated_at: datetime
    id: UUID


def _thread(row: Record) -> Thread:
    return Thread(
        id=row["id"],
        title=row["title"],
        agent=row["agent"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        running=row["running"],
    )


async def insert_thread(tx: Transaction, user_id: UUID, thread: Thread) -> None:
    """Add a thread with its first turn."""
    await tx.execute(
        """
        INSERT INTO threads (id, user_id, title, agent, turns, created_at, updated_at)
        VALUES ($1, $2, $3, $4, 1, $5, $5)
        """,
        thread.id,
        user_id,
        thread.title,
        thread.agent,
        thread.created_at,
    )


@dataclass(frozen=True, slots=True)
class BegunTurn:
    """A turn's number, and its thread with a run in it: one follows in the same transaction."""

    number: int
    thread: Thread


async def begin_turn(tx: Transaction, user_id: UUID, thread_id: UUID, agent: str, at: datetime) -> BegunTurn | None:
    """Lock the user's thread and count a new turn in it, or return None when there is no such thread."""
    row = await tx.fetchrow(
        """
        UPDATE threads SET turns = turns + 1, agent = $3, updated_at = greatest(updated_at, $4)
        WHERE id = $1 AND user_id = $2 RETURNING id, title, agent, created_at, updated_at, true AS running, turns
        """,
        thread_id,
        user_id,
        agent,
        at,
    )
    return None if row is None else BegunTurn(row["turns"] - 1, _thread(row))


async def lock_thread(tx: Transaction, user_id: UUID, thread_id: UUID) -> None:
    """Make other writers of the user's thread wait until this transaction ends."""
    await tx.execute("SELECT 1 FROM threads WHERE id = $1 AND user_id = $2 FOR NO KEY UPDATE", thread_id, user_id)


async def touch_thread(tx: Transaction, user_id: UUID, thread_id: UUID, at: datetime) -> None:
    """Lock the user's thread and note that something happened in it."""
    await tx.execute(
        "UPDATE threads SET updated_at = greatest(updated_at, $3) WHERE id = $1 AND user_id = $2",
        thread_id,
        user_id,
        at,
    )


async def read_thread(tx: Transaction, user_id: UUID, thread_id: UUID) -> Thread | None:
    """Return the user's thread, or None."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM threads WHERE id = $1 AND user_id = $2", thread_id, user_id)  # noqa: S608
    return None if row is None else _thread(row)


async def read_threads(database: Database, user_id: UUID, before: ThreadPosition | None, limit: int) -> list[Thread]:
    """Return the user's threads, latest first, at most `limit`."""
    rows = await database.fetch(
        f"""
        SELECT {_COLUMNS} FROM threads
        WHERE user_id = $1 AND ($2::timestamptz IS NULL OR (updated_at, id) < ($2, $3::uuid))
        ORDER BY updated_at DESC, id DESC LIMIT $4
        """,  # noqa: S608
        user_id,
        None if before is None else before.updated_at,
        None if before is None else before.id,
        limit,
    )
    return [_thread(row) for row in rows]

"""Conversations. One that was deleted is found by nothing here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from asyncpg import Record

from emergence.contracts.session.threads import Thread
from emergence.kernel.storage.database import Database, Transaction

_STORED = """
    threads.id, threads.title, threads.agent, threads.created_at, threads.updated_at, threads.archived_at,
    threads.pin_order, threads.folder_id, threads.temporary, threads.retention_days
"""
THREAD_COLUMNS = f"""
    {_STORED},
    EXISTS (SELECT FROM runs WHERE runs.thread_id = threads.id AND runs.state <> 'ended') AS running
"""
_OF_USER = "threads.id = $1 AND threads.user_id = $2 AND threads.deleted_at IS NULL"


@dataclass(frozen=True, slots=True)
class ThreadPosition:
    """Where a page of threads ends: pinned threads by their order, then the others by their time."""

    pin_order: int | None
    updated_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """Which threads are listed; `folder` narrows to one folder or to what is in none."""

    archived: bool = False
    folder: UUID | Literal["none"] | None = None


def thread_of(row: Record) -> Thread:
    """Return the thread in a row with THREAD_COLUMNS."""
    return Thread(
        id=row["id"],
        title=row["title"],
        agent=row["agent"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        running=row["running"],
        archived=row["archived_at"] is not None,
        pin_order=row["pin_order"],
        folder=row["folder_id"],
        temporary=row["temporary"],
        retention_days=row["retention_days"],
    )


async def insert_thread(
    tx: Transaction, user_id: UUID, thread: Thread, *, turns: int, leaf: UUID | None = None, titled: bool = False
) -> None:
    """Add a thread with so many turns, of which `leaf` is the last message; `titled` says that a person named it."""
    await tx.execute(
        """
        INSERT INTO threads (id, user_id, title, agent, turns, created_at, updated_at, titled, temporary, folder_id,
            leaf_id)
        VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10)
        """,
        thread.id,
        user_id,
        thread.title,
        thread.agent,
        turns,
        thread.created_at,
        titled,
        thread.temporary,
        thread.folder,
        leaf,
    )


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A turn that begins in a thread: who answers, what it is called if it is the first, and its last message."""

    thread_id: UUID
    agent: str
    title: str
    leaf: UUID


@dataclass(frozen=True, slots=True)
class BegunTurn:
    """A turn's number, the end of the branch that was shown, and the thread with a run: one follows right away."""

    number: int
    parent: UUID | None
    thread: Thread


async def begin_turn(tx: Transaction, user_id: UUID, turn: NewTurn, at: datetime) -> BegunTurn | None:
    """Lock the user's thread and count a new turn in it, or return None when there is no such thread."""
    row = await tx.fetchrow(
        f"""
        UPDATE threads SET turns = turns + 1, agent = $3, updated_at = greatest(updated_at, $5), leaf_id = $6,
            title = CASE WHEN turns = 0 AND NOT titled THEN $4 ELSE title END
        FROM (SELECT id AS of_id, leaf_id AS parent_id FROM threads WHERE {_OF_USER} FOR NO KEY UPDATE) AS before
        WHERE threads.id = before.of_id AND threads.user_id = $2
        RETURNING {_STORED}, true AS running, turns, parent_id
        """,  # noqa: S608
        turn.thread_id,
        user_id,
        turn.agent,
        turn.title,
        at,
        turn.leaf,
    )
    return None if row is None else BegunTurn(row["turns"] - 1, row["parent_id"], thread_of(row))


async def lock_thread(tx: Transaction, user_id: UUID, thread_id: UUID) -> bool:
    """Make other writers of the user's thread wait until this transaction ends; return whether there is one."""
    row = await tx.fetchrow(f"SELECT 1 FROM threads WHERE {_OF_USER} FOR NO KEY UPDATE", thread_id, user_id)  # noqa: S608
    return row is not None


async def touch_thread(tx: Transaction, user_id: UUID, thread_id: UUID, at: datetime) -> None:
    """Lock the user's thread, deleted or not, and note that something happened in it."""
    await tx.execute(
        "UPDATE threads SET updated_at = greatest(updated_at, $3) WHERE id = $1 AND user_id = $2",
        thread_id,
        user_id,
        at,
    )


async def read_thread(tx: Transaction, user_id: UUID, thread_id: UUID) -> Thread | None:
    """Return the user's thread, or None."""
    row = await tx.fetchrow(f"SELECT {THREAD_COLUMNS} FROM threads WHERE {_OF_USER}", thread_id, user_id)  # noqa: S608
    return None if row is None else thread_of(row)


async def is_named(tx: Transaction, user_id: UUID, thread_id: UUID) -> bool:
    """Return whether a person chose the title of the user's thread."""
    row = await tx.fetchrow(f"SELECT titled FROM threads WHERE {_OF_USER}", thread_id, user_id)  # noqa: S608
    return row is not None and bool(row["titled"])


async def read_threads(
    database: Database, user_id: UUID, which: ThreadFilter, before: ThreadPosition | None, limit: int
) -> list[Thread]:
    """Return the user's threads that are not temporary: pinned ones in their order, then latest first."""
    found: Sequence[Record] = ()
    if before is None or before.pin_order is not None:
        found = await database.fetch(
            f"""
            SELECT {THREAD_COLUMNS} FROM threads
            WHERE {_LISTED} AND pin_order IS NOT NULL AND ($5::bigint IS NULL OR (pin_order, id) > ($5, $6::uuid))
            ORDER BY pin_order, id LIMIT $7
            """,  # noqa: S608
            *_listed(user_id, which),
            None if before is None else before.pin_order,
            None if before is None else before.id,
            limit,
        )
        before = None
    if len(found) == limit:
        return [thread_of(row) for row in found]
    others = await database.fetch(
        f"""
        SELECT {THREAD_COLUMNS} FROM threads
        WHERE {_LISTED} AND pin_order IS NULL AND ($5::timestamptz IS NULL OR (updated_at, id) < ($5, $6::uuid))
        ORDER BY updated_at DESC, id DESC LIMIT $7
        """,  # noqa: S608
        *_listed(user_id, which),
        None if before is None else before.updated_at,
        None if before is None else before.id,
        limit - len(found),
    )
    return [thread_of(row) for row in (*found, *others)]


_LISTED = """
    user_id = $1 AND deleted_at IS NULL AND NOT temporary AND (archived_at IS NOT NULL) = $2
    AND ($3::uuid IS NULL OR folder_id = $3) AND (NOT $4::boolean OR folder_id IS NULL)
"""


def _listed(user_id: UUID, which: ThreadFilter) -> tuple[UUID, bool, UUID | None, bool]:
    folder_id = which.folder if isinstance(which.folder, UUID) else None
    return user_id, which.archived, folder_id, which.folder == "none"

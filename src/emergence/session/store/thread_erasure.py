"""Threads that are erased for good, with everything that was said and logged in them; and how many would be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from emergence.contracts.session.threads import Thread
from emergence.kernel.storage.database import Database, Transaction
from emergence.session.store.runs import StoredRun, stored_run
from emergence.session.store.threads import THREAD_COLUMNS, thread_of


@dataclass(frozen=True, slots=True)
class Limits:
    """What was deleted, or last spoken in if temporary, or last spoken in at all before these is erased.

    `spoken` null: threads are kept for ever. `at` is now, for threads with a limit of their own.
    """

    deleted: datetime
    temporary: datetime
    spoken: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DueThread:
    """A thread that is to be erased; `was_deleted` says that its person knows it is gone."""

    id: UUID
    user_id: UUID
    was_deleted: bool


_DUE = """(
    deleted_at <= {deleted}
    OR (temporary AND deleted_at IS NOT NULL)
    OR (temporary AND updated_at <= {temporary})
    OR updated_at <= {spoken}
    OR (retention_days IS NOT NULL AND updated_at <= {at} - make_interval(days => retention_days))
)"""


async def due_threads(database: Database, limits: Limits, limit: int) -> list[DueThread]:
    """Return threads that are to be erased, whosever they are."""
    rows = await database.fetch(
        f"SELECT id, user_id, deleted_at FROM threads WHERE {_due(1)} LIMIT $5",  # noqa: S608 - our own condition
        *_arguments(limits),
        limit,
    )
    return [DueThread(row["id"], row["user_id"], row["deleted_at"] is not None) for row in rows]


async def lock_due(tx: Transaction, user_id: UUID, thread_id: UUID, limits: Limits) -> bool:
    """Lock the user's thread if it is still to be erased and nobody else is at it; return whether it is so."""
    row = await tx.fetchrow(
        f"SELECT 1 FROM threads WHERE id = $5 AND user_id = $6 AND {_due(1)} FOR UPDATE SKIP LOCKED",  # noqa: S608
        *_arguments(limits),
        thread_id,
        user_id,
    )
    return row is not None


def _due(first: int) -> str:
    names = ("deleted", "temporary", "spoken", "at")
    return _DUE.format(**{name: f"${first + place}::timestamptz" for place, name in enumerate(names)})


def _arguments(limits: Limits) -> tuple[datetime, datetime, datetime | None, datetime]:
    return limits.deleted, limits.temporary, limits.spoken, limits.at


async def lock_unended_runs(tx: Transaction, user_id: UUID, thread_id: UUID) -> list[StoredRun]:
    """Return the runs of the user's deleted thread that are not over, under locks that keep their logs from growing."""
    rows = await tx.fetch(
        """
        SELECT * FROM runs
        WHERE thread_id = $1 AND user_id = $2 AND state <> 'ended'
            AND EXISTS (SELECT FROM threads WHERE id = $1 AND deleted_at IS NOT NULL)
        ORDER BY queue_position FOR UPDATE
        """,
        thread_id,
        user_id,
    )
    return [stored_run(row) for row in rows]


async def deleted_with_runs(database: Database) -> Sequence[tuple[UUID, UUID]]:
    """Return user and id of deleted threads in which something still runs: whoever deleted them died over it."""
    rows: Sequence[Record] = await database.fetch(
        """
        SELECT DISTINCT threads.user_id, threads.id FROM threads JOIN runs ON runs.thread_id = threads.id
        WHERE threads.deleted_at IS NOT NULL AND runs.state <> 'ended' LIMIT 100
        """
    )
    return [(row["user_id"], row["id"]) for row in rows]


async def erase_thread(tx: Transaction, user_id: UUID, thread_id: UUID) -> None:
    """Erase the user's thread: messages, runs, logs, what is found of it, and its names in the log of its person.

    What that log said of it says from then on that it is gone: the numbers stay without a gap.
    """
    topics = """
        SELECT 'thread:' || $1::uuid AS topic UNION ALL
        SELECT 'run:' || id FROM runs WHERE thread_id = $1 AND user_id = $2
    """
    await tx.execute(f"DELETE FROM frames WHERE topic IN ({topics}) AND user_id = $2", thread_id, user_id)  # noqa: S608
    await tx.execute(f"DELETE FROM topics WHERE topic IN ({topics}) AND user_id = $2", thread_id, user_id)  # noqa: S608
    await tx.execute("DELETE FROM threads WHERE id = $1 AND user_id = $2", thread_id, user_id)
    await tx.execute(
        """
        UPDATE frames SET type = 'thread.deleted', frame = (frame::jsonb || jsonb_build_object(
            'type', 'thread.deleted', 'data', jsonb_build_object('thread', $1::uuid, 'restorable_until', NULL)
        ))::text
        WHERE topic = 'user:' || $2::uuid AND user_id = $2 AND type IN ('thread.updated', 'thread.deleted')
            AND $1::uuid::text IN (frame::jsonb #>> '{data,thread,id}', frame::jsonb #>> '{data,thread}')
        """,
        thread_id,
        user_id,
    )


SHOWN = 50  # of the threads that a limit reaches


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of a person's threads a limit reaches, the oldest of them, and when it reaches the next one."""

    threads: int
    messages: int
    oldest: list[Thread]
    next_at: datetime | None


async def reach_of(database: Database, user_id: UUID, thread_id: UUID | None, days: int | None, at: datetime) -> Reach:
    """Return what keeping the user's threads, or that one, for so many days at most would erase now."""
    aged = """
        aged AS (
            SELECT id, updated_at + make_interval(days => least(retention_days, $2)) AS due_at
            FROM threads WHERE user_id = $1 AND deleted_at IS NULL AND NOT temporary AND ($4::uuid IS NULL OR id = $4)
        )
    """
    asked = user_id, days, at, thread_id
    row = await database.fetchrow(
        f"""
        WITH {aged}
        SELECT count(*) FILTER (WHERE due_at <= $3) AS threads, min(due_at) FILTER (WHERE due_at > $3) AS next_at,
            (SELECT count(*) FROM messages WHERE user_id = $1
                AND thread_id IN (SELECT id FROM aged WHERE due_at <= $3)) AS messages
        FROM aged
        """,  # noqa: S608 - our own text
        *asked,
    )
    oldest = await database.fetch(
        f"""
        WITH {aged}
        SELECT {THREAD_COLUMNS} FROM threads JOIN aged ON aged.id = threads.id
        WHERE aged.due_at <= $3 AND threads.user_id = $1 ORDER BY threads.updated_at, threads.id LIMIT {SHOWN}
        """,  # noqa: S608
        *asked,
    )
    assert row is not None
    return Reach(row["threads"], row["messages"], [thread_of(each) for each in oldest], row["next_at"])


async def reach_of_all(database: Database, days: int | None, at: datetime) -> tuple[int, int, int]:
    """Return of how many people how many threads with how many messages that limit would erase now."""
    row = await database.fetchrow(
        """
        WITH aged AS (
            SELECT id, user_id FROM threads
            WHERE deleted_at IS NULL AND NOT temporary
                AND updated_at <= $2::timestamptz - make_interval(days => least(retention_days, $1))
        )
        SELECT count(DISTINCT user_id) AS people, count(*) AS threads,
            (SELECT count(*) FROM messages WHERE thread_id IN (SELECT id FROM aged)) AS messages
        FROM aged
        """,
        days,
        at,
    )
    assert row is not None
    return row["people"], row["threads"], row["messages"]

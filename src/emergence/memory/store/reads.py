"""What is still to be read from session, a row a thread. It says where to look and nothing of what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Database, Transaction
from emergence.memory.failed_work import LEFT_OUT_AFTER

CHANNEL = "memory.reads"
NOBODY = UUID(int=0)  # before everybody


@dataclass(frozen=True, slots=True)
class ThreadRead:
    """What to read of a thread: these messages, or all; `version` changes with every word about it."""

    user_id: UUID
    thread_id: UUID
    message_ids: list[UUID]
    is_whole: bool
    version: int
    tries: int
    failures: int


_NOTE = """
    INSERT INTO thread_reads (user_id, thread_id, message_ids, is_whole, due_at)
    SELECT user_id, thread_id, message_ids, is_whole, $5
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::boolean[]) AS asked (user_id, thread_id, message_id, is_whole)
    CROSS JOIN LATERAL (SELECT array_remove(ARRAY[message_id], NULL) AS message_ids) AS listed
    ON CONFLICT (user_id, thread_id) DO UPDATE SET
        message_ids = CASE WHEN thread_reads.is_whole OR excluded.is_whole THEN '{}'
            ELSE array(SELECT unnest(thread_reads.message_ids) UNION SELECT unnest(excluded.message_ids)) END,
        is_whole = thread_reads.is_whole OR excluded.is_whole,
        version = thread_reads.version + 1, tries = 0, failures = 0, due_at = excluded.due_at
"""


async def note_message(tx: Transaction, user_id: UUID, thread_id: UUID, message_id: UUID, at: datetime) -> None:
    """Have one message of a thread read."""
    await tx.execute(_NOTE, [user_id], [thread_id], [message_id], [False], at)


async def note_thread(tx: Transaction, user_id: UUID, thread_id: UUID, at: datetime) -> None:
    """Have everything of a thread read, and what is no longer in it removed."""
    await tx.execute(_NOTE, [user_id], [thread_id], [None], [True], at)


async def drop_thread(tx: Transaction, user_id: UUID, thread_id: UUID) -> None:
    """Have nothing more of a thread read; whoever reads it at this moment will not write it."""
    await tx.execute("DELETE FROM thread_reads WHERE user_id = $1 AND thread_id = $2", user_id, thread_id)


async def due_reads(
    database: Database, now: datetime, after: UUID, limit: int, *, but_of: Sequence[UUID] = ()
) -> Sequence[ThreadRead]:
    """Return a thread each of people of whom something is due: of those after `after` first, then from the beginning.

    Of a person single messages come before whole threads, then the longest due. Nothing is told of people in `but_of`.
    """
    later = await _due_after(database, now, after, limit, but_of)
    if len(later) < limit:
        first = await _due_after(database, now, NOBODY, limit - len(later), but_of)
        later += [read for read in first if read.user_id <= after]
    return later


async def _due_after(
    database: Database, now: datetime, after: UUID, limit: int, but_of: Sequence[UUID]
) -> list[ThreadRead]:
    rows = await database.fetch(
        """
        WITH RECURSIVE waiting AS (
            SELECT $2::uuid AS user_id, 0 AS place
            UNION ALL
            SELECT next.user_id, place + 1 FROM waiting CROSS JOIN LATERAL (
                SELECT user_id FROM thread_reads
                WHERE due_at <= $1 AND user_id > waiting.user_id AND NOT user_id = ANY ($4)
                ORDER BY user_id LIMIT 1
            ) AS next WHERE place < $3
        )
        SELECT theirs.* FROM waiting CROSS JOIN LATERAL (
            SELECT user_id, thread_id, message_ids, is_whole, version, tries, failures FROM thread_reads
            WHERE user_id = waiting.user_id AND due_at <= $1 ORDER BY is_whole, due_at, thread_id LIMIT 1
        ) AS theirs WHERE place > 0 ORDER BY place
        """,
        now,
        after,
        limit,
        list(but_of),
    )
    return [ThreadRead(**dict(row)) for row in rows]


async def hold_read(tx: Transaction, read: ThreadRead) -> bool:
    """Keep others from saying more of the thread until this transaction ends; return False when somebody has."""
    row = await tx.fetchrow(
        "SELECT 1 FROM thread_reads WHERE user_id = $1 AND thread_id = $2 AND version = $3 FOR UPDATE",
        read.user_id,
        read.thread_id,
        read.version,
    )
    return row is not None


async def postpone(database: Database, read: ThreadRead, until: datetime, *, has_failed: bool) -> None:
    """Have it tried again later, unless there is news of it; an outage is no failure."""
    await database.execute(
        """
        UPDATE thread_reads SET due_at = $4, tries = tries + 1, failures = failures + $5::boolean::integer
        WHERE user_id = $1 AND thread_id = $2 AND version = $3
        """,
        read.user_id,
        read.thread_id,
        read.version,
        until,
        has_failed,
    )


async def count_reads(database: Database) -> int:
    """Return of how many threads something is to be read, and is not left out."""
    row = await database.fetchrow("SELECT count(*) FROM thread_reads WHERE failures < $1", LEFT_OUT_AFTER)
    return 0 if row is None else int(row[0])


async def count_left_out(database: Database) -> int:
    """Return how many threads failed so often that they are left out."""
    row = await database.fetchrow("SELECT count(*) FROM thread_reads WHERE failures >= $1", LEFT_OUT_AFTER)
    return 0 if row is None else int(row[0])

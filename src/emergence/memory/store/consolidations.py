"""Which threads and people are to be consolidated, and what that did. It names things and quotes nothing.

The nil uuid in place of a thread is the person's nightly round.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Database, Transaction
from emergence.memory.failed_work import LEFT_OUT_AFTER

CHANNEL = "memory.consolidations"  # nobody says anything there: what is due is due later than now
NIGHT = UUID(int=0)
NIGHT_BEGINS, NIGHT_LASTS = timedelta(hours=2), timedelta(hours=3)  # UTC; spread by person

WRITTEN_DOWN_FOR = timedelta(days=90)

Runs = Transaction | Database


@dataclass(frozen=True, slots=True)
class Due:
    """A thread that has fallen idle, or a person's night; `version` changes with every new turn."""

    user_id: UUID
    thread_id: UUID
    version: int
    tries: int
    failures: int = 0

    @property
    def is_night(self) -> bool:
        """Whether it is about a person, not about one thread."""
        return self.thread_id == NIGHT


@dataclass(frozen=True, slots=True)
class Done:
    """What one consolidation did."""

    added: int = 0
    merged: int = 0
    superseded: int = 0
    refused: int = 0


async def note_thread(tx: Transaction, user_id: UUID, thread_id: UUID, due_at: datetime) -> None:
    """Have a thread consolidated once nothing more is said in it, and its person's next night be one."""
    await tx.execute(
        """
        INSERT INTO consolidations_due (user_id, thread_id, due_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, thread_id) DO UPDATE SET
            version = consolidations_due.version + 1, tries = 0, failures = 0, due_at = excluded.due_at
        """,
        user_id,
        thread_id,
        due_at,
    )
    await note_night(tx, user_id, due_at)


async def note_night(tx: Transaction, user_id: UUID, after: datetime) -> None:
    """Have a person's next night be a round, unless one is waited for."""
    await tx.execute(
        "INSERT INTO consolidations_due (user_id, thread_id, due_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        user_id,
        NIGHT,
        next_night(user_id, after),
    )


async def note_everybody(database: Database, at: datetime) -> None:
    """Have a round within a day for whoever waits for none: they said nothing since rounds began."""
    await database.execute(
        """
        INSERT INTO consolidations_due (user_id, thread_id, due_at)
        SELECT user_id, $1, $2::timestamptz + interval '1 day' * random() FROM people ON CONFLICT DO NOTHING
        """,
        NIGHT,
        at,
    )


def next_night(user_id: UUID, after: datetime) -> datetime:
    """Return when a person's next night round is due; each person's minute is their own."""
    midnight = after.replace(hour=0, minute=0, second=0, microsecond=0)
    own = midnight + NIGHT_BEGINS + NIGHT_LASTS * ((user_id.int % 10_007) / 10_007)
    return own if own > after else own + timedelta(days=1)


async def drop(tx: Transaction, user_id: UUID, thread_id: UUID) -> None:
    """Have a thread not consolidated; whoever does so at this moment will not write it."""
    await tx.execute("DELETE FROM consolidations_due WHERE user_id = $1 AND thread_id = $2", user_id, thread_id)


async def due(database: Database, now: datetime, limit: int) -> Sequence[Due]:
    """Return what is due, whosever it is, the longest due first."""
    rows = await database.fetch(
        """
        SELECT user_id, thread_id, version, tries, failures FROM consolidations_due
        WHERE due_at <= $1 ORDER BY due_at LIMIT $2
        """,
        now,
        limit,
    )
    return [Due(**dict(row)) for row in rows]


async def hold(tx: Transaction, due: Due) -> bool:
    """Keep others from saying more of it until this transaction ends; return False when somebody has."""
    row = await tx.fetchrow(
        "SELECT 1 FROM consolidations_due WHERE user_id = $1 AND thread_id = $2 AND version = $3 FOR UPDATE",
        due.user_id,
        due.thread_id,
        due.version,
    )
    return row is not None


async def hold_thread(tx: Transaction, user_id: UUID, thread_id: UUID) -> None:
    """Let nobody else consolidate a thread until this transaction ends, where it is due."""
    await tx.execute(
        "SELECT FROM consolidations_due WHERE user_id = $1 AND thread_id = $2 FOR UPDATE", user_id, thread_id
    )


async def postpone(tx: Runs, due: Due, until: datetime, *, counts: bool = True, has_failed: bool = False) -> None:
    """Have it tried again later, unless there is news of it; an outage counts as no try.

    `has_failed` where the work itself did, not only the model.
    """
    await tx.execute(
        """
        UPDATE consolidations_due SET due_at = $4, tries = tries + $5::boolean::integer,
            failures = failures + $6::boolean::integer
        WHERE user_id = $1 AND thread_id = $2 AND version = $3
        """,
        due.user_id,
        due.thread_id,
        due.version,
        until,
        counts,
        has_failed,
    )


async def count_left_out(database: Database) -> int:
    """Return how many threads and nights failed so often that they are left out."""
    row = await database.fetchrow("SELECT count(*) FROM consolidations_due WHERE failures >= $1", LEFT_OUT_AFTER)
    return 0 if row is None else int(row[0])


async def count_due(database: Database, now: datetime) -> int:
    """Return how much is due."""
    row = await database.fetchrow("SELECT count(*) FROM consolidations_due WHERE due_at <= $1", now)
    return 0 if row is None else int(row[0])


async def write_down(tx: Transaction, due: Due, began_at: datetime, ended_at: datetime, done: Done) -> None:
    """Write down what was done without a model."""
    await tx.execute(
        """
        INSERT INTO consolidations
            (user_id, id, thread_id, began_at, ended_at, outcome, added, merged, superseded, refused)
        VALUES ($1, $2, $3, $4, $5, 'done', $6, $7, $8, $9)
        """,
        due.user_id,
        new_id(),
        None if due.is_night else due.thread_id,
        began_at,
        ended_at,
        done.added,
        done.merged,
        done.superseded,
        done.refused,
    )


async def drop_old(tx: Transaction, user_id: UUID, now: datetime) -> None:
    """Drop what was written down long ago, but for the last time that each thread was done: that says that it is."""
    await tx.execute(
        """
        DELETE FROM consolidations AS old WHERE user_id = $1 AND began_at < $2 AND outcome <> 'running' AND NOT (
            thread_id IS NOT NULL AND outcome = 'done' AND NOT EXISTS (
                SELECT FROM consolidations AS later WHERE later.user_id = $1 AND later.thread_id = old.thread_id
                    AND later.outcome = 'done' AND (later.began_at, later.id) > (old.began_at, old.id)
            )
        )
        """,
        user_id,
        now - WRITTEN_DOWN_FOR,
    )


async def threads_never_done(tx: Transaction, user_id: UUID, limit: int) -> list[UUID]:
    """Return threads with turns that were never consolidated and do not wait for it."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT thread_id FROM turns WHERE user_id = $1
            AND NOT EXISTS (
                SELECT FROM consolidations AS done
                WHERE done.user_id = $1 AND done.thread_id = turns.thread_id AND outcome = 'done'
            ) AND NOT EXISTS (
                SELECT FROM consolidations_due AS waits WHERE waits.user_id = $1 AND waits.thread_id = turns.thread_id
            )
        LIMIT $2
        """,
        user_id,
        limit,
    )
    return [row["thread_id"] for row in rows]

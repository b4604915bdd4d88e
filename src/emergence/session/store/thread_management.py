"""What people do with their threads: names, shelves, pins, deletion and what undoes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.contracts.session.threads import Thread
from emergence.kernel.storage.database import Database, Transaction
from emergence.session.store.threads import THREAD_COLUMNS, thread_of

_KEPT = "id = $1 AND user_id = $2 AND deleted_at IS NULL"


async def name_thread(tx: Transaction, user_id: UUID, thread_id: UUID, title: str) -> None:
    """Give the user's thread a title that no automatic one replaces."""
    await tx.execute(f"UPDATE threads SET title = $3, titled = true WHERE {_KEPT}", thread_id, user_id, title)  # noqa: S608


async def archive_thread(tx: Transaction, user_id: UUID, thread_id: UUID, at: datetime | None) -> None:
    """Put the user's thread into the archive, or with None back from there."""
    await tx.execute(
        f"UPDATE threads SET archived_at = CASE WHEN $3::timestamptz IS NULL THEN NULL ELSE coalesce(archived_at, $3) END WHERE {_KEPT}",  # noqa: S608, E501
        thread_id,
        user_id,
        at,
    )


async def file_thread(tx: Transaction, user_id: UUID, thread_id: UUID, folder_id: UUID | None) -> None:
    """Put the user's thread into a folder, which must be the user's and locked, or into none."""
    await tx.execute(f"UPDATE threads SET folder_id = $3 WHERE {_KEPT}", thread_id, user_id, folder_id)  # noqa: S608


async def limit_retention(tx: Transaction, user_id: UUID, thread_id: UUID, days: int | None) -> None:
    """Keep the user's thread for so many days after its last message, or as long as the deployment says."""
    await tx.execute(f"UPDATE threads SET retention_days = $3 WHERE {_KEPT}", thread_id, user_id, days)  # noqa: S608


async def unpin_thread(tx: Transaction, user_id: UUID, thread_id: UUID) -> None:
    """Take the user's thread from the pinned ones."""
    await tx.execute(f"UPDATE threads SET pin_order = NULL WHERE {_KEPT}", thread_id, user_id)  # noqa: S608


async def lock_pins(tx: Transaction, user_id: UUID) -> list[UUID]:
    """Make others who change the user's pins wait, and return the pinned threads in their order."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('pins:' || $1::uuid, 0))", user_id)
    rows = await tx.fetch(
        """
        SELECT id FROM threads WHERE user_id = $1 AND pin_order IS NOT NULL AND deleted_at IS NULL
        ORDER BY pin_order, id
        """,
        user_id,
    )
    return [row["id"] for row in rows]


async def pin_first(tx: Transaction, user_id: UUID, thread_id: UUID) -> None:
    """Pin the user's thread before the others, unless it is pinned; pins must be locked."""
    await tx.execute(
        f"""
        UPDATE threads SET pin_order = coalesce((SELECT min(pin_order) FROM threads WHERE user_id = $2), 1) - 1
        WHERE {_KEPT} AND pin_order IS NULL
        """,  # noqa: S608
        thread_id,
        user_id,
    )


async def order_pins(tx: Transaction, user_id: UUID, thread_ids: Sequence[UUID]) -> list[Thread]:
    """Number the user's pinned threads anew; return those whose number changed, in order. Pins must be locked."""
    await tx.execute(
        """
        SELECT 1 FROM threads WHERE id = ANY($2::uuid[]) AND user_id = $1 ORDER BY id FOR NO KEY UPDATE
        """,
        user_id,
        list(thread_ids),
    )
    rows = await tx.fetch(
        f"""
        UPDATE threads SET pin_order = wanted.place
        FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, place)
        WHERE threads.id = wanted.id AND user_id = $1 AND deleted_at IS NULL AND pin_order <> wanted.place
        RETURNING {THREAD_COLUMNS}
        """,  # noqa: S608
        user_id,
        list(thread_ids),
    )
    return sorted((thread_of(row) for row in rows), key=lambda thread: thread.pin_order or 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """What deleting and restoring need to know of a thread."""

    deleted_at: datetime | None
    temporary: bool


async def lock_standing(tx: Transaction, user_id: UUID, thread_id: UUID) -> Standing | None:
    """Lock the user's thread, deleted or not, and say how it stands; None when there is none."""
    row = await tx.fetchrow(
        "SELECT deleted_at, temporary FROM threads WHERE id = $1 AND user_id = $2 FOR NO KEY UPDATE",
        thread_id,
        user_id,
    )
    return None if row is None else Standing(row["deleted_at"], row["temporary"])


@dataclass(frozen=True, slots=True)
class DeletedPosition:
    """Where a page of deleted threads ends."""

    deleted_at: datetime
    id: UUID


async def read_deleted(
    database: Database, user_id: UUID, since: datetime, before: DeletedPosition | None, limit: int
) -> list[tuple[Thread, datetime]]:
    """Return the user's threads that were deleted after `since`, and when; the last deleted first, no temporary one."""
    rows = await database.fetch(
        f"""
        SELECT {THREAD_COLUMNS}, deleted_at FROM threads
        WHERE user_id = $1 AND deleted_at > $2 AND NOT temporary
            AND ($3::timestamptz IS NULL OR (deleted_at, id) < ($3, $4::uuid))
        ORDER BY deleted_at DESC, id DESC LIMIT $5
        """,  # noqa: S608
        user_id,
        since,
        None if before is None else before.deleted_at,
        None if before is None else before.id,
        limit,
    )
    return [(thread_of(row), row["deleted_at"]) for row in rows]


async def set_deleted(tx: Transaction, user_id: UUID, thread_id: UUID, at: datetime | None) -> None:
    """Delete the user's thread, or with None bring it back; it must be locked."""
    await tx.execute("UPDATE threads SET deleted_at = $3 WHERE id = $1 AND user_id = $2", thread_id, user_id, at)

"""What digests of threads are made of, and how a new one takes the place of the last."""

from collections.abc import Sequence
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory.harvest.harvest_turn import SaidTurn
from emergence.memory.store.forget_items import delete_items

READ_AT_ONCE = 500  # the last turns of a thread


async def said_in_thread(tx: Transaction, user_id: UUID, thread_id: UUID) -> list[SaidTurn]:
    """Return the last turns of a thread that the person said themself, oldest first; of edited ones the last words."""
    rows = await tx.fetch(
        """
        SELECT message_id, thread_id, said_at, body, from_file FROM (
            SELECT * FROM turns WHERE user_id = $1 AND thread_id = $2 AND role = 'user'
                AND coalesce(origin, 'said') IN ('written', 'said')
                AND NOT EXISTS (
                    SELECT FROM turns AS newer WHERE newer.user_id = $1 AND newer.edits = turns.message_id
                )
            ORDER BY position DESC, message_id DESC LIMIT $3
        ) AS last ORDER BY position, message_id
        """,
        user_id,
        thread_id,
        READ_AT_ONCE,
    )
    return [SaidTurn(**dict(row)) for row in rows]


async def former_digests(tx: Transaction, user_id: UUID, thread_id: UUID) -> Sequence[UUID]:
    """Return what was made of this thread alone before, and nobody touched."""
    rows = await tx.fetch(
        """
        SELECT id FROM items WHERE user_id = $1 AND kind = 'summary' AND origin <> 'written' AND NOT pinned
            AND EXISTS (SELECT FROM item_sources AS s WHERE s.user_id = $1 AND s.item_id = id AND s.thread_id = $2)
            AND NOT EXISTS (SELECT FROM item_sources AS s WHERE s.user_id = $1 AND s.item_id = id AND s.thread_id <> $2)
        """,
        user_id,
        thread_id,
    )
    return [row["id"] for row in rows]


async def replace_digests(tx: Transaction, user_id: UUID, former: Sequence[UUID], new: UUID) -> None:
    """Remove digests that a newer one of the same thread takes the place of: they held nothing of their own."""
    await delete_items(tx, user_id, [each for each in former if each != new])


async def derive_from_thread(tx: Transaction, user_id: UUID, summary: UUID, thread_id: UUID) -> None:
    """Link a digest to what was taken from the same thread. Idempotent."""
    await tx.execute(
        """
        INSERT INTO links (user_id, from_id, to_id, kind)
        SELECT DISTINCT $1::uuid, $2::uuid, item_id, 'derived_from' FROM item_sources
        JOIN items ON items.user_id = $1 AND items.id = item_id AND kind <> 'summary'
        WHERE item_sources.user_id = $1 AND thread_id = $3 ON CONFLICT DO NOTHING
        """,
        user_id,
        summary,
        thread_id,
    )

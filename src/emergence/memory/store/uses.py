"""Which answers were given with which turns and items, and why."""

from datetime import datetime
from uuid import UUID

from emergence.contracts.memory.recollection import NoteUses
from emergence.kernel.storage.database import Transaction


async def add_uses(tx: Transaction, noted: NoteUses, at: datetime) -> int:
    """Note that an answer was given with these, and count that at the items; return how many are new. Idempotent.

    What was forgotten meanwhile is left out, and everything of a thread that was erased.
    """
    row = await tx.fetchrow(
        """
        WITH added AS (
            INSERT INTO uses (user_id, used_id, run_id, thread_id, message_id, used_at, why)
            SELECT $1, used_id, $2, $3, $7, $4, why::jsonb FROM unnest($5::uuid[], $6::text[]) AS used (used_id, why)
            WHERE (
                EXISTS (SELECT FROM items WHERE items.user_id = $1 AND items.id = used_id)
                OR EXISTS (SELECT FROM turns WHERE turns.user_id = $1 AND turns.message_id = used_id)
            ) AND NOT EXISTS (SELECT FROM tombstones WHERE tombstones.user_id = $1 AND tombstones.id = $3)
            ON CONFLICT DO NOTHING RETURNING used_id
        ), counted AS (
            UPDATE items SET uses = uses + 1, last_used_at = greatest(last_used_at, $4)
            FROM added WHERE items.user_id = $1 AND items.id = used_id
        )
        SELECT count(*) FROM added
        """,
        noted.user_id,
        noted.run_id,
        noted.thread_id,
        at,
        [each.id for each in noted.used],
        [each.why.model_dump_json(exclude_defaults=True) for each in noted.used],
        noted.message_id,
    )
    return 0 if row is None else int(row[0])


async def forget_uses_in(tx: Transaction, user_id: UUID, thread_id: UUID) -> None:
    """Remove what answers of a thread were given with: it holds words of their questions."""
    await tx.execute("DELETE FROM uses WHERE user_id = $1 AND thread_id = $2", user_id, thread_id)

"""What was pinned of a thread that is deleted: it is pinned again when the thread is restored."""

from collections.abc import Sequence
from uuid import UUID

from emergence.kernel.storage.database import Transaction


async def keep_pins(tx: Transaction, user_id: UUID, thread_id: UUID) -> None:
    """Note which items will go with a thread that are pinned. Idempotent."""
    await tx.execute(
        """
        INSERT INTO kept_pins (user_id, thread_id, same)
        SELECT $1, $2, same FROM items WHERE user_id = $1 AND pinned AND origin <> 'written' AND id IN (
            SELECT item_id FROM item_sources WHERE user_id = $1 GROUP BY item_id HAVING bool_and(thread_id = $2)
        ) ON CONFLICT DO NOTHING
        """,
        user_id,
        thread_id,
    )


async def pin_again(tx: Transaction, user_id: UUID, item_id: UUID, threads: Sequence[UUID]) -> None:
    """Pin a new item that was pinned before one of its threads was deleted."""
    await tx.execute(
        """
        WITH kept AS (
            DELETE FROM kept_pins USING items
            WHERE kept_pins.user_id = $1 AND thread_id = ANY ($3) AND items.user_id = $1 AND items.id = $2
                AND kept_pins.same = items.same RETURNING items.id
        )
        UPDATE items SET pinned = true FROM kept WHERE items.user_id = $1 AND items.id = kept.id
        """,
        user_id,
        item_id,
        list(threads),
    )


async def drop_pins(tx: Transaction, user_id: UUID, thread_id: UUID) -> None:
    """Forget what was pinned of a thread that is erased. Idempotent."""
    await tx.execute("DELETE FROM kept_pins WHERE user_id = $1 AND thread_id = $2", user_id, thread_id)

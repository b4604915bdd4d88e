"""Turns that the person put into other words: they stay, and what was taken from them alone goes."""

from collections.abc import Sequence
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory.store.forget_items import delete_items, summaries_among, without_source


async def drop_what_former_words_said(tx: Transaction, user_id: UUID, new: Sequence[UUID]) -> None:
    """Remove items that only former words say, of what these new turns edit or are edited by.

    What the person pinned or wrote stays. To be called when what the new turns state is kept, so that what the new
    words say too stays as it is.
    """
    rows = await tx.fetch(
        """
        WITH former AS (
            SELECT edits AS message_id FROM turns WHERE user_id = $1 AND message_id = ANY ($2) AND edits IS NOT NULL
            UNION SELECT edits FROM turns WHERE user_id = $1 AND edits = ANY ($2)
        )
        DELETE FROM item_sources USING former, items
        WHERE item_sources.user_id = $1 AND item_sources.message_id = former.message_id
            AND items.user_id = $1 AND items.id = item_sources.item_id
            AND NOT items.pinned AND items.origin <> 'written'
        RETURNING item_sources.item_id
        """,
        user_id,
        list(new),
    )
    quoting = list({row["item_id"] for row in rows})
    if quoting:
        gone = {*await without_source(tx, user_id, quoting), *await summaries_among(tx, user_id, quoting)}
        await delete_items(tx, user_id, list(gone))


async def former_wordings(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> list[UUID]:
    """Return what the person had said in the place of these turns before, and what agents had answered to that."""
    rows = await tx.fetch(
        """
        WITH RECURSIVE former AS (
            SELECT edits AS message_id FROM turns WHERE user_id = $1 AND message_id = ANY ($2) AND edits IS NOT NULL
            UNION
            SELECT edits FROM former JOIN turns ON user_id = $1 AND turns.message_id = former.message_id
            WHERE edits IS NOT NULL
        )
        SELECT message_id FROM former
        UNION
        SELECT answers.message_id FROM former
        JOIN turns AS asked ON asked.user_id = $1 AND asked.message_id = former.message_id
        JOIN turns AS answers ON answers.user_id = $1 AND answers.thread_id = asked.thread_id
            AND answers.role = 'agent' AND answers.position = asked.position + 1
        """,
        user_id,
        list(message_ids),
    )
    return [row["message_id"] for row in rows]

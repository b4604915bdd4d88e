"""Remove items with everything that would tell of them; all in one transaction that sees one person's rows.

Rows that belong to an item alone go with it. What is left to do is what others say of it: summaries, answers that used
it, names that nothing else mentions.
"""

from collections.abc import Sequence
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory.store.item_sources import stands_in


async def summaries_citing(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Return the summaries that were drawn from these items, or from the turns that they were taken from."""
    rows = await tx.fetch(
        """
        SELECT id FROM items WHERE user_id = $1 AND kind = 'summary' AND origin <> 'written' AND NOT id = ANY ($2) AND (
            EXISTS (
                SELECT FROM links WHERE links.user_id = $1 AND from_id = id AND to_id = ANY ($2)
                    AND links.kind = 'derived_from'
            ) OR EXISTS (
                SELECT FROM item_sources AS cited JOIN item_sources AS theirs USING (user_id, message_id)
                WHERE cited.user_id = $1 AND cited.item_id = items.id AND theirs.item_id = ANY ($2)
            )
        )
        """,
        user_id,
        list(ids),
    )
    return [row["id"] for row in rows]


async def delete_items(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[str]:
    """Remove items, with what waits for a vector of them, and names that nothing mentions any more; return their texts.

    Idempotent.
    """
    rows = await tx.fetch("DELETE FROM items WHERE user_id = $1 AND id = ANY ($2) RETURNING body", user_id, list(ids))
    await tx.execute("DELETE FROM pending_vectors WHERE user_id = $1 AND message_id = ANY ($2)", user_id, list(ids))
    await forget_uses_of(tx, user_id, ids)
    await tx.execute(
        """
        DELETE FROM concepts WHERE user_id = $1 AND NOT EXISTS (
            SELECT FROM mentions WHERE mentions.user_id = $1 AND mentions.concept_id = concepts.id
        )
        """,
        user_id,
    )
    return [row["body"] for row in rows]


async def forget_uses_of(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> None:
    """Remove which answers were given with these. Idempotent."""
    await tx.execute("DELETE FROM uses WHERE user_id = $1 AND used_id = ANY ($2)", user_id, list(ids))


async def messages_quoted_by(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Return the turns that items were taken from."""
    rows = await tx.fetch(
        "SELECT DISTINCT message_id FROM item_sources WHERE user_id = $1 AND item_id = ANY ($2)", user_id, list(ids)
    )
    return [row["message_id"] for row in rows]


async def drop_quotes_holding(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Remove the quotes of other items that hold what these quote; return the items that have no source left."""
    rows = await tx.fetch(
        """
        SELECT others.item_id, others.message_id, others.quote, array_agg(theirs.quote) AS going
        FROM item_sources AS others JOIN item_sources AS theirs USING (user_id, message_id)
        WHERE others.user_id = $1 AND theirs.item_id = ANY ($2) AND NOT others.item_id = ANY ($2)
        GROUP BY others.item_id, others.message_id, others.quote
        """,
        user_id,
        list(ids),
    )
    holding = [row for row in rows if any(stands_in(quote, row["quote"]) for quote in row["going"])]
    await tx.execute(
        """
        DELETE FROM item_sources USING unnest($2::uuid[], $3::uuid[]) AS holding (item_id, message_id)
        WHERE user_id = $1 AND item_sources.item_id = holding.item_id AND item_sources.message_id = holding.message_id
        """,
        user_id,
        [row["item_id"] for row in holding],
        [row["message_id"] for row in holding],
    )
    return await without_source(tx, user_id, [row["item_id"] for row in holding])


async def drop_quotes_of(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> list[UUID]:
    """Remove what is quoted of these turns; return the items that have no source left, and summaries that cited them.

    What the person wrote themself needs no source.
    """
    rows = await tx.fetch(
        "DELETE FROM item_sources WHERE user_id = $1 AND message_id = ANY ($2) RETURNING item_id",
        user_id,
        list(message_ids),
    )
    quoting = list({row["item_id"] for row in rows})
    citing = await tx.fetch(
        "SELECT id FROM items WHERE user_id = $1 AND id = ANY ($2) AND kind = 'summary' AND origin <> 'written'",
        user_id,
        quoting,
    )
    return list({*await without_source(tx, user_id, quoting), *(row["id"] for row in citing)})


async def without_source(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Return those of the items that nothing says any more, but for what the person wrote."""
    rows = await tx.fetch(
        """
        SELECT id FROM items WHERE user_id = $1 AND id = ANY ($2) AND origin <> 'written' AND NOT EXISTS (
            SELECT FROM item_sources WHERE item_sources.user_id = $1 AND item_id = id
        )
        """,
        user_id,
        list(ids),
    )
    return [row["id"] for row in rows]

"""Pin an item, or put a new version in its place."""

from datetime import datetime
from uuid import UUID

from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.memory.store.item_vectors import note_item


async def pin(tx: Transaction, user_id: UUID, item_id: UUID, *, pinned: bool) -> None:
    """Pin an item, or do so no longer; what was archived is active again. Idempotent."""
    await tx.execute(
        """
        UPDATE items SET pinned = $3, state = CASE WHEN $3 AND state = 'archived' THEN 'active' ELSE state END
        WHERE user_id = $1 AND id = $2
        """,
        user_id,
        item_id,
        pinned,
    )


async def add_version(tx: Transaction, user_id: UUID, former: UUID, body: str, at: datetime) -> UUID:
    """Put what the person wrote in the place of an item, which stays as a former version; return the new one.

    What the former one was taken from, who it is about and how much it matters are the new one's too.
    """
    new = new_id()
    await tx.execute(
        """
        INSERT INTO items (user_id, id, kind, body, language, terms, importance, confidence, pinned, origin,
                           happened_at, recorded_at, last_used_at, uses)
        SELECT $1, $3, kind, $4, language, lexemes($4), importance, 1, pinned, 'written', happened_at, $5,
            last_used_at, uses
        FROM items WHERE user_id = $1 AND id = $2
        """,
        user_id,
        former,
        new,
        body,
        at,
    )
    for carried in (
        """
        INSERT INTO item_sources (user_id, item_id, message_id, thread_id, quote, said_at)
        SELECT user_id, $3, message_id, thread_id, quote, said_at FROM item_sources
        WHERE user_id = $1 AND item_id = $2
        """,
        """
        INSERT INTO facts (user_id, item_id, subject, predicate, object, valid_from, valid_to)
        SELECT user_id, $3, subject, predicate, (SELECT body FROM items WHERE user_id = $1 AND id = $3), valid_from,
            valid_to
        FROM facts WHERE user_id = $1 AND item_id = $2
        """,
        """
        INSERT INTO preferences (user_id, item_id, key, value, scope, strength, explicit)
        SELECT user_id, $3, key, (SELECT body FROM items WHERE user_id = $1 AND id = $3), scope, strength, true
        FROM preferences WHERE user_id = $1 AND item_id = $2
        """,
        """
        INSERT INTO mentions (user_id, concept_id, item_id)
        SELECT user_id, concept_id, $3 FROM mentions WHERE user_id = $1 AND item_id = $2
        """,
        "INSERT INTO links (user_id, from_id, to_id, kind) VALUES ($1, $3, $2, 'updates')",
    ):
        await tx.execute(carried, user_id, former, new)
    await tx.execute(
        "UPDATE items SET state = 'superseded', pinned = false, superseded_at = $3 WHERE user_id = $1 AND id = $2",
        user_id,
        former,
        at,
    )
    await note_item(tx, user_id, new, at)
    return new

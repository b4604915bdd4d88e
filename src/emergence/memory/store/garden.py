"""Items as the nightly round compares them, and what becomes of those that say the same."""

from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory.gardening.near_duplicates import Likened

COMPARED_AT_ONCE = 2_000  # the newest: an older double was compared in its own time
_ABOUT = ("kind", "language", "happened_at", "trusted", "subject", "predicate", "key", "scope", "side")


async def likened_items(tx: Transaction, user_id: UUID) -> list[Likened]:
    """Return active items as they are compared with each other."""
    rows = await tx.fetch(
        """
        SELECT items.id, body, kind, language, happened_at, pinned, origin IN ('written', 'said') AS trusted,
            origin = 'written' AS written, recorded_at, subject, predicate, key, scope, sign(strength) AS side,
            (SELECT count(*) FROM item_sources AS s WHERE s.user_id = $1 AND s.item_id = items.id) AS sources
        FROM items LEFT JOIN facts ON facts.user_id = $1 AND facts.item_id = items.id
        LEFT JOIN preferences ON preferences.user_id = $1 AND preferences.item_id = items.id
        WHERE items.user_id = $1 AND state = 'active' AND kind IN ('fact', 'preference', 'event', 'note')
        ORDER BY recorded_at DESC, items.id DESC LIMIT $2
        """,
        user_id,
        COMPARED_AT_ONCE,
    )
    return [
        Likened(
            id=row["id"],
            body=row["body"],
            about=tuple(
                row[name]
                for name in (
                    "kind",
                    "language",
                    "happened_at",
                    "trusted",
                    "subject",
                    "predicate",
                    "key",
                    "scope",
                    "side",
                )
            ),
            rank=(row["pinned"], row["written"], row["sources"], -row["recorded_at"].timestamp()),
        )
        for row in rows
    ]


async def likeness_of_items(tx: Transaction, user_id: UUID, least: float) -> dict[frozenset[UUID], float]:
    """Return how alike pairs of active items are by the model that answers for the person, from `least` on."""
    rows = await tx.fetch(
        """
        WITH known AS (
            SELECT item_vectors.id, vector FROM item_vectors JOIN people USING (user_id, model)
            JOIN items ON items.user_id = $1 AND items.id = item_vectors.id AND state = 'active'
            WHERE item_vectors.user_id = $1 ORDER BY item_vectors.id DESC LIMIT $2
        )
        SELECT one.id AS one, other.id AS other, 1 - (one.vector OPERATOR(public.<=>) other.vector) AS likeness
        FROM known AS one JOIN known AS other ON one.id < other.id
        WHERE 1 - (one.vector OPERATOR(public.<=>) other.vector) >= $3
        """,
        user_id,
        COMPARED_AT_ONCE // 4,  # pairs are compared one by one
        least,
    )
    return {frozenset((row["one"], row["other"])): row["likeness"] for row in rows}


async def join(tx: Transaction, user_id: UUID, kept: UUID, joined: UUID, at: datetime) -> None:
    """Let one item have another's sources and uses; the other stays, superseded. The worse origin remains."""
    await tx.execute(
        """
        UPDATE items SET uses = items.uses + other.uses, confidence = greatest(items.confidence, other.confidence),
            importance = greatest(items.importance, other.importance),
            last_used_at = greatest(items.last_used_at, other.last_used_at),
            origin = CASE WHEN items.origin = 'written' THEN items.origin
                ELSE greatest(items.origin, other.origin) END
        FROM items AS other WHERE items.user_id = $1 AND other.user_id = $1 AND items.id = $2 AND other.id = $3
        """,
        user_id,
        kept,
        joined,
    )
    for statement in (
        """
        INSERT INTO item_sources (user_id, item_id, message_id, thread_id, quote, said_at)
        SELECT user_id, $2, message_id, thread_id, quote, said_at FROM item_sources WHERE user_id = $1 AND item_id = $3
        ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO mentions (user_id, concept_id, item_id)
        SELECT user_id, concept_id, $2 FROM mentions WHERE user_id = $1 AND item_id = $3 ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO links (user_id, from_id, to_id, kind) VALUES ($1, $2, $3, 'same_as') ON CONFLICT DO NOTHING
        """,
    ):
        await tx.execute(statement, user_id, kept, joined)
    await tx.execute(
        "UPDATE items SET state = 'superseded', superseded_at = $3 WHERE user_id = $1 AND id = $2", user_id, joined, at
    )


async def has_turns(tx: Transaction, user_id: UUID) -> bool:
    """Return whether anything is kept of what a person said."""
    return await tx.fetchrow("SELECT 1 FROM turns WHERE user_id = $1 LIMIT 1", user_id) is not None

"""Vectors of items, by which they are found by meaning."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from emergence.kernel.embeddings.embedder import Vector
from emergence.kernel.storage.database import Transaction


async def note_item(tx: Transaction, user_id: UUID, item_id: UUID, at: datetime) -> None:
    """Have a vector of an item made by the model that answers for its person. Idempotent.

    Whatever other model is to answer later makes the vectors that it lacks before.
    """
    await tx.execute(
        """
        INSERT INTO pending_vectors (user_id, message_id, model, kind, due_at)
        SELECT $1, $2, model, 'item', $3 FROM people WHERE user_id = $1 AND model IS NOT NULL
        ON CONFLICT DO NOTHING
        """,
        user_id,
        item_id,
        at,
    )


async def read_bodies(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return what items say; those that are gone are left out."""
    rows = await tx.fetch("SELECT id, body FROM items WHERE user_id = $1 AND id = ANY ($2)", user_id, list(ids))
    return {row["id"]: row["body"] for row in rows}


async def store_item_vectors(tx: Transaction, user_id: UUID, model: str, vectors: Mapping[UUID, Vector]) -> None:
    """Keep vectors of the user's items; of an item that has gone meanwhile none is kept."""
    await tx.execute(
        """
        INSERT INTO item_vectors (user_id, id, model, vector)
        SELECT $1, made.id, $2, made.vector::public.halfvec FROM unnest($3::uuid[], $4::text[]) AS made (id, vector)
        JOIN items ON items.user_id = $1 AND items.id = made.id
        ON CONFLICT DO NOTHING
        """,
        user_id,
        model,
        list(vectors),
        list(vectors.values()),
    )

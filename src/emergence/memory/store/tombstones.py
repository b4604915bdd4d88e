"""Words that a person had forgotten: known again by a keyed hash when they come back, and never readable.

Each person has a key of their own, made with their first tombstone; without it a list of hashes tells nothing.
"""

import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory.question.words import folded

_NOT_WORDS = re.compile(r"[\W_]+")


def words_id(key: bytes, user_id: UUID, body: str) -> UUID:
    """Return what stands for these words, whatever their capitals, accents, blanks and marks."""
    words = _NOT_WORDS.sub(" ", folded(body)).strip()
    return UUID(bytes=hmac.digest(key, user_id.bytes + words.encode(), "sha256")[:16])


async def key_of(tx: Transaction, user_id: UUID) -> bytes | None:
    """Return the person's key; None: nothing was ever forgotten."""
    key: bytes | None = await tx.fetchval("SELECT key FROM tombstone_keys WHERE user_id = $1", user_id)
    return key


async def is_buried(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the ids that have a tombstone."""
    rows = await tx.fetch("SELECT id FROM tombstones WHERE user_id = $1 AND id = ANY ($2)", user_id, list(ids))
    return {row["id"] for row in rows}


async def are_words_buried(tx: Transaction, user_id: UUID, body: str) -> bool:
    """Return whether a person had exactly these words forgotten."""
    key = await key_of(tx, user_id)
    return key is not None and bool(await is_buried(tx, user_id, [words_id(key, user_id, body)]))


async def bury_words(tx: Transaction, user_id: UUID, bodies: Sequence[str], at: datetime) -> None:
    """Keep words from ever being an item again. Idempotent."""
    await tx.execute(
        "INSERT INTO tombstone_keys (user_id, key) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        user_id,
        secrets.token_bytes(32),
    )
    key = await key_of(tx, user_id)
    assert key is not None
    await tx.execute(
        """
        INSERT INTO tombstones (user_id, id, kind, forgotten_at)
        SELECT $1, id, 'words', $3 FROM unnest($2::uuid[]) AS buried (id) ON CONFLICT DO NOTHING
        """,
        user_id,
        [words_id(key, user_id, body) for body in bodies],
        at,
    )

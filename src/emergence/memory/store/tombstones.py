"""Words that a person had forgotten: known again by a keyed hash when they come back, and never readable.

Each person has a key of their own, made with their first tombstone; without it a list of hashes tells nothing.
"""

import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory.question.words import folded

BuriedKind = Literal["turn", "thread", "item"]

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


async def those_buried(tx: Transaction, user_id: UUID, bodies: Sequence[str]) -> list[bool]:
    """Return of each of these words whether the person had exactly them forgotten."""
    if (key := await key_of(tx, user_id)) is None:
        return [False] * len(bodies)
    ids = [words_id(key, user_id, body) for body in bodies]
    buried = await is_buried(tx, user_id, ids)
    return [each in buried for each in ids]


async def unbury_words(tx: Transaction, user_id: UUID, body: str) -> None:
    """Let words be remembered again that the person writes themself. Idempotent."""
    if (key := await key_of(tx, user_id)) is not None:
        await tx.execute("DELETE FROM tombstones WHERE user_id = $1 AND id = $2", user_id, words_id(key, user_id, body))


def as_said(body: str, said_at: datetime) -> str:
    """Return words that are those of one turn: the same ones said at another time are not."""
    return f"{body} {said_at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


async def bury(tx: Transaction, user_id: UUID, ids: Sequence[UUID], kind: BuriedKind, at: datetime) -> None:
    """Keep turns, items, or all turns of threads, from coming back. Idempotent."""
    await tx.execute(
        """
        INSERT INTO tombstones (user_id, id, kind, forgotten_at)
        SELECT $1, id, $3, $4 FROM unnest($2::uuid[]) AS buried (id) ON CONFLICT DO NOTHING
        """,
        user_id,
        list(ids),
        kind,
        at,
    )


async def bury_words(tx: Transaction, user_id: UUID, bodies: Sequence[str], at: datetime) -> None:
    """Keep words from coming back, as an item or, `as_said`, as a turn. Idempotent."""
    if not bodies:
        return
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

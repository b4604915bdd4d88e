"""Turns as they are kept. Every function here works in a transaction that sees one person's rows (`GuardedRows`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from emergence.contracts.memory.turns import KeptTurn
from emergence.kernel.storage.database import Transaction
from emergence.memory.store import item_sources
from emergence.memory.store.passages import renew_following


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A turn that is to be kept."""

    message_id: UUID
    position: int
    role: Literal["user", "agent"]
    speaker: str
    said_at: datetime
    body: str


async def add_turns(tx: Transaction, user_id: UUID, thread_id: UUID, turns: Sequence[NewTurn]) -> list[UUID]:
    """Keep turns of a thread that are not kept already and were not forgotten; return the new ones."""
    rows = await tx.fetch(
        """
        INSERT INTO turns (user_id, message_id, thread_id, position, role, speaker, said_at, body, terms)
        SELECT $1, message_id, $2, position, role, speaker, said_at, body, turn_terms(body, said_at)
        FROM unnest($3::uuid[], $4::integer[], $5::text[], $6::text[], $7::timestamptz[], $8::text[])
            AS said (message_id, position, role, speaker, said_at, body)
        WHERE NOT EXISTS (
            SELECT FROM tombstones WHERE tombstones.user_id = $1 AND tombstones.id IN (said.message_id, $2)
        )
        ON CONFLICT DO NOTHING RETURNING message_id
        """,
        user_id,
        thread_id,
        [turn.message_id for turn in turns],
        [turn.position for turn in turns],
        [turn.role for turn in turns],
        [turn.speaker for turn in turns],
        [turn.said_at for turn in turns],
        [turn.body for turn in turns],
    )
    return [row["message_id"] for row in rows]


async def delete_thread(tx: Transaction, user_id: UUID, thread_id: UUID) -> None:
    """Remove a thread's turns, with their vectors and what was made of them."""
    await delete_others(tx, user_id, thread_id, [])


async def delete_others(tx: Transaction, user_id: UUID, thread_id: UUID, kept: Sequence[UUID]) -> None:
    """Remove the turns of a thread that are not among these, with their vectors and what was made of them."""
    going = await tx.fetch(
        "SELECT message_id FROM turns WHERE user_id = $1 AND thread_id = $2 AND NOT message_id = ANY ($3)",
        user_id,
        thread_id,
        list(kept),
    )
    if going and kept:
        await renew_following(tx, user_id, [row["message_id"] for row in going])
    await tx.execute(
        """
        WITH gone AS (
            DELETE FROM turns WHERE user_id = $1 AND thread_id = $2 AND NOT message_id = ANY ($3) RETURNING message_id
        )
        DELETE FROM pending_vectors WHERE user_id = $1 AND message_id IN (SELECT message_id FROM gone)
        """,
        user_id,
        thread_id,
        list(kept),
    )
    await item_sources.drop(tx, user_id, [row["message_id"] for row in going])


async def delete_turn(tx: Transaction, user_id: UUID, message_id: UUID) -> bool:
    """Remove one turn, with its vectors and what was made of it; return whether there was such a turn."""
    await renew_following(tx, user_id, [message_id])
    await tx.execute("DELETE FROM pending_vectors WHERE user_id = $1 AND message_id = $2", user_id, message_id)
    tag = await tx.execute("DELETE FROM turns WHERE user_id = $1 AND message_id = $2", user_id, message_id)
    await item_sources.drop(tx, user_id, [message_id])
    return tag != "DELETE 0"


async def bury(tx: Transaction, user_id: UUID, gone: UUID, kind: Literal["turn", "thread"], at: datetime) -> None:
    """Keep a turn, or all turns of a thread, from coming back. Idempotent."""
    await tx.execute(
        "INSERT INTO tombstones (user_id, id, kind, forgotten_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        user_id,
        gone,
        kind,
        at,
    )


async def read_turns(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> list[KeptTurn]:
    """Return those of the user's turns that are kept, in the order in which they were said."""
    rows = await tx.fetch(
        """
        SELECT message_id, thread_id, role, speaker, said_at, body FROM turns
        WHERE user_id = $1 AND message_id = ANY ($2) ORDER BY said_at, message_id
        """,
        user_id,
        list(message_ids),
    )
    return [
        KeptTurn(
            message=row["message_id"],
            thread=row["thread_id"],
            role=row["role"],
            speaker=row["speaker"],
            said_at=row["said_at"],
            text=row["body"],
        )
        for row in rows
    ]

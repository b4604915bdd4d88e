"""Conversations of the former system: which thread each became, and what is added to it when more was said there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.contracts.session.carrying import CarriedMessage
from emergence.kernel.storage.database import Database, Transaction
from emergence.session.store.carried import insert_messages


async def known_thread(database: Database, user_id: UUID, source: bytes) -> UUID | None:
    """Return the thread that a conversation became, also one that is gone since."""
    row = await database.fetchrow(
        "SELECT thread_id FROM legacy_threads WHERE user_id = $1 AND source = $2", user_id, source
    )
    return None if row is None else row["thread_id"]


async def brought_messages(database: Database, user_id: UUID, thread_id: UUID) -> frozenset[UUID]:
    """Return the messages of the user's thread that came in by a file; what was said here since is none of them."""
    rows = await database.fetch(
        "SELECT id FROM messages WHERE thread_id = $1 AND user_id = $2 AND taken_from = 'file'", thread_id, user_id
    )
    return frozenset(row["id"] for row in rows)


async def claim_source(tx: Transaction, user_id: UUID, source: bytes, thread_id: UUID) -> bool:
    """Note that a conversation becomes this thread; False where it became one already, also by another import."""
    row = await tx.fetchrow(
        """INSERT INTO legacy_threads (user_id, source, thread_id) VALUES ($1, $2, $3)
           ON CONFLICT (user_id, source) DO NOTHING RETURNING true""",
        user_id,
        source,
        thread_id,
    )
    return row is not None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thread goes on: after which message, which question that one belongs to, and in which turn."""

    turns: int
    parent: UUID
    question: UUID | None


async def lock_place(tx: Transaction, user_id: UUID, thread_id: UUID, parent: UUID) -> Place | None:
    """Lock the user's thread and return where it goes on after one of its messages; None where either is gone."""
    row = await tx.fetchrow(
        """SELECT turns, CASE said.role WHEN 'user' THEN said.id ELSE said.reply_to END AS question
           FROM threads JOIN messages AS said ON said.thread_id = threads.id AND said.user_id = threads.user_id
           WHERE threads.id = $1 AND threads.user_id = $2 AND deleted_at IS NULL AND said.id = $3
           FOR UPDATE OF threads""",
        thread_id,
        user_id,
        parent,
    )
    return None if row is None else Place(row["turns"], parent, row["question"])


async def continue_thread(
    tx: Transaction, user_id: UUID, thread_id: UUID, place: Place, messages: Sequence[CarriedMessage], at: datetime
) -> None:
    """Add messages after a locked place. They are shown, unless the thread went on here: then they are a branch."""
    await insert_messages(tx, user_id, thread_id, messages, {place.parent: place.question}, "file")
    await tx.execute(
        """UPDATE threads SET turns = $3, updated_at = greatest(updated_at, $4),
               leaf_id = CASE WHEN leaf_id = $5 THEN $6 ELSE leaf_id END
           WHERE id = $1 AND user_id = $2""",
        thread_id,
        user_id,
        messages[-1].turn + 1,
        at,
        place.parent,
        messages[-1].id,
    )

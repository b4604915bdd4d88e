"""Messages: what was said, in turns of one question and its answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Record
from pydantic import TypeAdapter

from emergence.contracts.session.threads import Message, MessageStatus, Part, Run
from emergence.kernel.storage.database import Database, Transaction
from emergence.session.store.branches import BEGINNING, read_way_back, with_siblings
from emergence.session.store.runs import stored_run

PARTS: TypeAdapter[list[Part]] = TypeAdapter(list[Part])


@dataclass(frozen=True, slots=True)
class MessagePosition:
    """A message's place in its thread; slot 0 is the question of the turn."""

    turn: int
    slot: int


@dataclass(frozen=True, slots=True)
class PlacedMessage:
    """A message and its place."""

    message: Message
    position: MessagePosition


def _message(row: Record, run: Run | None = None) -> Message:
    return Message(
        id=row["id"],
        thread=row["thread_id"],
        role=row["role"],
        agent=row["agent"],
        status=row["status"],
        parts=PARTS.validate_json(row["parts"]),
        created_at=row["created_at"],
        reply_to=row["reply_to"],
        parent=None if row["parent_id"] == BEGINNING else row["parent_id"],
        run=run,
    )


async def next_slot(tx: Transaction, user_id: UUID, thread_id: UUID, turn: int) -> int:
    """Return the slot for another answer in a turn; the thread's row must be locked."""
    row = await tx.fetchrow(
        "SELECT max(slot) + 1 AS slot FROM messages WHERE thread_id = $1 AND turn = $2 AND user_id = $3",
        thread_id,
        turn,
        user_id,
    )
    return 0 if row is None or row["slot"] is None else int(row["slot"])


async def finish_message(
    tx: Transaction, user_id: UUID, message_id: UUID, status: MessageStatus, parts: Sequence[Part]
) -> Message:
    """Store an answer's text and final status; return the message, without its run."""
    row = await tx.fetchrow(
        "UPDATE messages SET status = $3, parts = $4 WHERE id = $1 AND user_id = $2 RETURNING *",
        message_id,
        user_id,
        status,
        PARTS.dump_json(list(parts)).decode(),
    )
    if row is None:
        raise LookupError(f"message {message_id} of a run is gone")
    return _message(row)


async def read_message(tx: Transaction, user_id: UUID, message_id: UUID) -> PlacedMessage | None:
    """Return the user's message, without its run, or None."""
    row = await tx.fetchrow("SELECT * FROM messages WHERE id = $1 AND user_id = $2", message_id, user_id)
    return None if row is None else PlacedMessage(_message(row), MessagePosition(row["turn"], row["slot"]))


async def find_at(tx: Transaction, user_id: UUID, thread_id: UUID, position: MessagePosition) -> UUID | None:
    """Return the message at a place of the user's thread, or None."""
    row = await tx.fetchrow(
        "SELECT id FROM messages WHERE thread_id = $1 AND user_id = $2 AND turn = $3 AND slot = $4",
        thread_id,
        user_id,
        position.turn,
        position.slot,
    )
    return None if row is None else row["id"]


async def read_branch(tx: Transaction, user_id: UUID, leaf: UUID, limit: int) -> list[Message]:
    """Return a message of the user and those before it in its branch, newest first, each with its latest run."""
    rows = await read_way_back(tx, user_id, leaf, limit)
    run_rows = await tx.fetch(
        "SELECT * FROM runs WHERE message_id = ANY($1::uuid[]) AND user_id = $2 ORDER BY queue_position",
        [row["id"] for row in rows],
        user_id,
    )
    runs = {row["message_id"]: stored_run(row).shown() for row in run_rows}
    return await with_siblings(tx, user_id, [_message(row, runs.get(row["id"])) for row in rows])


async def read_history(database: Database, user_id: UUID, message_id: UUID, limit: int) -> list[Message]:
    """Return what was said before a message of the user in its branch, newest first; empty messages left out."""
    rows = await read_way_back(database, user_id, message_id, limit + 1)
    return [message for row in rows[1:] if (message := _message(row)).parts]

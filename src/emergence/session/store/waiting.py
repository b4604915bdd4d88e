"""Questions that nobody has begun to answer: how they are found, and how they are taken out of their thread."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from emergence.contracts.session.protocol import run_topic
from emergence.contracts.session.threads import Message
from emergence.kernel.storage.database import Transaction
from emergence.session.store.branches import BEGINNING, newest_leaf, read_leaf, set_leaf
from emergence.session.store.messages import PARTS
from emergence.session.store.runs import StoredRun, lock_run


async def lock_queued_answers(tx: Transaction, user_id: UUID, question: Message) -> list[StoredRun]:
    """Lock the runs that will answer a question of the user; none when one of its answers is more than queued."""
    rows = await tx.fetch(
        """
        SELECT answers.id, answers.status, runs.id AS run_id FROM messages AS answers
        LEFT JOIN runs ON runs.message_id = answers.id AND runs.state <> 'ended'
        WHERE answers.thread_id = $1 AND answers.parent_id = $2 AND answers.user_id = $3 ORDER BY runs.id
        """,
        question.thread,
        question.id,
        user_id,
    )
    if any(row["status"] != "queued" or row["run_id"] is None for row in rows):
        return []
    locked = [await lock_run(tx, user_id, row["run_id"]) for row in rows]
    return [run for run in locked if run is not None]


async def change_text(tx: Transaction, user_id: UUID, message: Message) -> None:
    """Store the parts of a message of the user as `message` has them."""
    await tx.execute(
        "UPDATE messages SET parts = $3 WHERE id = $1 AND user_id = $2",
        message.id,
        user_id,
        PARTS.dump_json(message.parts).decode(),
    )


@dataclass(frozen=True, slots=True)
class Removed:
    """What is gone, what now comes before whatever followed it, and where the branch ends that is shown."""

    messages: list[UUID]
    parent: UUID | None
    leaf: UUID | None


async def remove_waiting(tx: Transaction, user_id: UUID, question: Message, answers: Collection[StoredRun]) -> Removed:
    """Take a question of the user and its answers, none of them begun, out of their thread, which must be locked."""
    gone = [question.id, *(run.message_id for run in answers)]
    parent = question.parent or BEGINNING
    leaf = await read_leaf(tx, user_id, question.thread)
    await tx.execute(
        "UPDATE messages SET parent_id = $4 WHERE thread_id = $1 AND user_id = $2 AND parent_id = ANY($3::uuid[])",
        question.thread,
        user_id,
        gone[1:],
        parent,
    )
    for table in ("frames", "topics"):
        await tx.execute(
            f"DELETE FROM {table} WHERE user_id = $1 AND topic = ANY($2::text[])",  # noqa: S608
            user_id,
            [run_topic(run.id) for run in answers],
        )
    for table in ("messages", "search_texts"):  # in this order: filling the index holds the message before its words
        await tx.execute(f"DELETE FROM {table} WHERE user_id = $1 AND id = ANY($2::uuid[])", user_id, gone)  # noqa: S608
    if leaf in gone:
        leaf = await _end_after(tx, user_id, question.thread, parent)
        await set_leaf(tx, user_id, question.thread, leaf)
    return Removed(gone, question.parent, leaf)


async def _end_after(tx: Transaction, user_id: UUID, thread_id: UUID, parent: UUID) -> UUID | None:
    if parent != BEGINNING:
        return await newest_leaf(tx, user_id, parent)
    row = await tx.fetchrow(
        """
        SELECT id FROM messages WHERE thread_id = $1 AND user_id = $2 AND parent_id = $3
        ORDER BY turn DESC, slot DESC LIMIT 1
        """,
        thread_id,
        user_id,
        BEGINNING,
    )
    return None if row is None else await newest_leaf(tx, user_id, row["id"])

"""A thread as a tree: the way from a message back to the beginning, and what else was said at each place."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Record

from emergence.contracts.session.threads import Message
from emergence.kernel.storage.database import Database, Transaction
from emergence.session.store.page_size import PAGE_MAX_BYTES

BEGINNING = UUID(int=0)  # the parent of what begins a thread


async def read_leaf(tx: Transaction, user_id: UUID, thread_id: UUID) -> UUID | None:
    """Return where the branch ends that the user's thread shows; None while nothing was said."""
    row = await tx.fetchrow("SELECT leaf_id FROM threads WHERE id = $1 AND user_id = $2", thread_id, user_id)
    return None if row is None else row["leaf_id"]


async def set_leaf(tx: Transaction, user_id: UUID, thread_id: UUID, leaf: UUID | None) -> None:
    """Show another branch of the user's thread, which must be locked; None: nothing is left."""
    await tx.execute("UPDATE threads SET leaf_id = $3 WHERE id = $1 AND user_id = $2", thread_id, user_id, leaf)


async def read_way_back(database: Database | Transaction, user_id: UUID, start: UUID, limit: int) -> Sequence[Record]:
    """Return the rows of a message of the user and of those before it in its branch, the last said first.

    As many as were asked for, but a page at most.
    """
    return await database.fetch(
        """
        WITH RECURSIVE way AS (
            SELECT messages.*, 1 AS step FROM messages WHERE id = $2 AND user_id = $1
            UNION ALL
            SELECT earlier.*, way.step + 1 FROM way JOIN messages AS earlier ON earlier.id = way.parent_id
            WHERE earlier.user_id = $1 AND way.step < $3
        ), measured AS (
            SELECT way.*, sum(octet_length(parts::text)) OVER (ORDER BY step) AS so_far FROM way
        )
        SELECT * FROM measured WHERE step = 1 OR so_far <= $4 ORDER BY step
        """,
        user_id,
        start,
        limit,
        PAGE_MAX_BYTES,
    )


async def newest_leaf(tx: Transaction, user_id: UUID, message_id: UUID) -> UUID:
    """Return the end of the branch that goes through a message of the user and, at each fork, on with the last said."""
    row = await tx.fetchrow(
        """
        WITH RECURSIVE way AS (
            SELECT id, thread_id, 1 AS step FROM messages WHERE id = $2 AND user_id = $1
            UNION ALL
            SELECT following.id, following.thread_id, way.step + 1 FROM way CROSS JOIN LATERAL (
                SELECT id, thread_id FROM messages
                WHERE messages.thread_id = way.thread_id AND messages.parent_id = way.id AND messages.user_id = $1
                ORDER BY turn DESC, slot DESC LIMIT 1
            ) AS following
        )
        SELECT id FROM way ORDER BY step DESC LIMIT 1
        """,
        user_id,
        message_id,
    )
    return message_id if row is None else row["id"]


async def first_answering(tx: Transaction, user_id: UUID, question: Message) -> str | None:
    """Return the agent that answered a question of the user first, or None."""
    row = await tx.fetchrow(
        "SELECT agent FROM messages WHERE thread_id = $1 AND user_id = $2 AND parent_id = $3 ORDER BY slot LIMIT 1",
        question.thread,
        user_id,
        question.id,
    )
    return None if row is None else row["agent"]


async def shown_ids(tx: Database | Transaction, user_id: UUID, thread_id: UUID) -> list[UUID]:
    """Return the messages of the branch that the user's thread shows, the last said first; none of a deleted one."""
    rows = await tx.fetch(
        """
        WITH RECURSIVE way AS (
            SELECT messages.id, messages.parent_id, 1 AS step
            FROM messages JOIN threads ON threads.leaf_id = messages.id
            WHERE threads.id = $2 AND threads.user_id = $1 AND threads.deleted_at IS NULL AND messages.user_id = $1
            UNION ALL
            SELECT earlier.id, earlier.parent_id, way.step + 1 FROM way
            JOIN messages AS earlier ON earlier.id = way.parent_id WHERE earlier.user_id = $1
        )
        SELECT id FROM way ORDER BY step
        """,
        user_id,
        thread_id,
    )
    return [row["id"] for row in rows]


async def with_siblings(tx: Transaction, user_id: UUID, messages: Sequence[Message]) -> list[Message]:
    """Return messages of one thread of the user, each with what else was said at its place."""
    if not messages:
        return []
    rows = await tx.fetch(
        """
        SELECT parent_id, array_agg(id ORDER BY turn, slot) AS ids FROM messages
        WHERE thread_id = $1 AND user_id = $2 AND parent_id = ANY($3::uuid[])
        GROUP BY parent_id HAVING count(*) > 1
        """,
        messages[0].thread,
        user_id,
        list({message.parent or BEGINNING for message in messages}),
    )
    siblings = {row["parent_id"]: row["ids"] for row in rows}
    return [
        message.model_copy(update={"siblings": siblings.get(message.parent or BEGINNING, [])}) for message in messages
    ]

"""Topics that nobody hears any more because their thread was deleted."""

from uuid import UUID

from emergence.kernel.storage.database import Transaction


async def is_hidden(tx: Transaction, user_id: UUID, topic: str) -> bool:
    """Return whether a topic of this user is about a deleted thread or a run in one."""
    kind, _, about = topic.partition(":")
    try:
        about_id = UUID(about)
    except ValueError:
        return False
    if kind == "run":
        row = await tx.fetchrow("SELECT thread_id FROM runs WHERE id = $1 AND user_id = $2", about_id, user_id)
        if row is None:
            return False
        about_id = row["thread_id"]
    elif kind != "thread":
        return False
    row = await tx.fetchrow(
        "SELECT 1 FROM threads WHERE id = $1 AND user_id = $2 AND deleted_at IS NOT NULL", about_id, user_id
    )
    return row is not None

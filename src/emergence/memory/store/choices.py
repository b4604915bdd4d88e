"""What a person chose about their memory."""

from uuid import UUID

from emergence.kernel.storage.database import Transaction


async def remembers(tx: Transaction, user_id: UUID) -> bool:
    """Return whether anything new is kept of a person; yes unless they chose otherwise."""
    chosen: bool | None = await tx.fetchval("SELECT remembers FROM choices WHERE user_id = $1", user_id)
    return chosen is not False

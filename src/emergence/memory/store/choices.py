"""What people chose about their memory."""

from uuid import UUID

from emergence.contracts.memory.items import MemoryChoices
from emergence.kernel.storage.database import Transaction

UNCHOSEN = MemoryChoices(remembers=True, hints=True)


async def read_choices(tx: Transaction, user_id: UUID) -> MemoryChoices:
    """Return what this person chose, or what holds for those who chose nothing."""
    row = await tx.fetchrow("SELECT remembers, hints FROM choices WHERE user_id = $1", user_id)
    return UNCHOSEN if row is None else MemoryChoices(remembers=row["remembers"], hints=row["hints"])

"""How far what was said before anybody listened has been looked through."""

from datetime import datetime
from uuid import UUID

from emergence.contracts.session.said import Place
from emergence.kernel.storage.database import Database, Transaction
from emergence.memory.store import reads


async def read_after(database: Database) -> UUID | None:
    """Return the last message that was looked at; None: none was."""
    row = await database.fetchrow("SELECT after FROM filling")
    return None if row is None else row["after"]


async def note_places(tx: Transaction, places: list[Place], after: UUID | None, at: datetime) -> None:
    """Have messages read that are not kept yet, and go on after that one the next time."""
    for place in places:
        await reads.note_message(tx, place.user_id, place.thread_id, place.message_id, at)
    await tx.execute("UPDATE filling SET after = coalesce($1, after)", after)

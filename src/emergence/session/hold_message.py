"""A message that a command is about, while nobody else changes its thread."""

from uuid import UUID

from emergence.contracts.session.problems import UnknownMessage
from emergence.kernel.storage.database import Transaction
from emergence.session.store import messages, threads
from emergence.session.store.messages import PlacedMessage


async def hold_message(tx: Transaction, user_id: UUID, message_id: UUID) -> PlacedMessage:
    """Return the user's message as it is once its thread is locked. Raises UnknownMessage, also of a deleted thread."""
    found = await messages.read_message(tx, user_id, message_id)
    if found is None or not await threads.lock_thread(tx, user_id, found.message.thread):
        raise UnknownMessage()
    return await messages.read_message(tx, user_id, message_id) or found

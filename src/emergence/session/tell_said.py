"""Tell other services that a message is whole, or that it changed; of temporary threads nothing is told."""

from uuid import UUID

from emergence.contracts.session.events import MessageChanged, MessageStored
from emergence.contracts.session.threads import Thread
from emergence.kernel.events import outbox
from emergence.kernel.storage.database import Transaction


async def tell_said(tx: Transaction, user_id: UUID, thread: Thread, message_id: UUID) -> None:
    """Publish it as part of the transaction that stores the message."""
    if not thread.temporary:
        await outbox.publish(tx, MessageStored(user_id=user_id, thread_id=thread.id, message_id=message_id))


async def tell_changed(tx: Transaction, user_id: UUID, thread: Thread, message_id: UUID) -> None:
    """Publish it as part of the transaction that changes the message or takes it back."""
    if not thread.temporary:
        await outbox.publish(tx, MessageChanged(user_id=user_id, thread_id=thread.id, message_id=message_id))

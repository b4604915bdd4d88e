"""Which event runs which behaviour. Events only say where to look: whatever their order, what session has is kept."""

from emergence.contracts.auth.events import UserDeleted
from emergence.contracts.session.events import (
    MessageChanged,
    MessageStored,
    ThreadDeleted,
    ThreadErased,
    ThreadImported,
    ThreadRestored,
)
from emergence.kernel.storage.database import Transaction
from emergence.memory.parts import Memory
from emergence.memory.store import consolidations, reads, turns
from emergence.memory.store.choices import read_unremembered
from emergence.memory.store.kept_pins import drop_pins, keep_pins
from emergence.memory.store.locks import hold_items
from emergence.memory.store.tombstones import bury
from emergence.memory.store.uses import forget_uses_in


class OnEvents:
    """The handlers, bound to the parts."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def on_message_stored(self, tx: Transaction, event: MessageStored) -> None:
        """Have the message read. Idempotent."""
        await reads.note_message(tx, event.user_id, event.thread_id, event.message_id, self._memory.clock.now())

    async def on_message_changed(self, tx: Transaction, event: MessageChanged) -> None:
        """Let what it said be found no more, and have it read again: it may be gone. Idempotent.

        What it says now is never kept where the person wants nothing remembered, though it was sent before.
        """
        await reads.note_message(tx, event.user_id, event.thread_id, event.message_id, self._memory.clock.now())
        await self._memory.rows.see_only(tx, event.user_id)
        await turns.delete_turn(tx, event.user_id, event.message_id)
        if (await read_unremembered(tx, event.user_id)).is_now:
            await bury(tx, event.user_id, [event.message_id], "turn", self._memory.clock.now())

    async def on_thread_imported(self, tx: Transaction, event: ThreadImported) -> None:
        """Have the whole thread read. Idempotent."""
        await reads.note_thread(tx, event.user_id, event.thread_id, self._memory.clock.now())

    async def on_thread_deleted(self, tx: Transaction, event: ThreadDeleted) -> None:
        """Let nothing of the thread be found from now on, and look again: it may be back already. Idempotent."""
        await reads.note_thread(tx, event.user_id, event.thread_id, self._memory.clock.now())
        await consolidations.drop(tx, event.user_id, event.thread_id)
        await self._memory.rows.see_only(tx, event.user_id)
        await hold_items(tx, event.user_id)
        await keep_pins(tx, event.user_id, event.thread_id)
        await turns.delete_thread(tx, event.user_id, event.thread_id)

    async def on_thread_restored(self, tx: Transaction, event: ThreadRestored) -> None:
        """Have the whole thread read. Idempotent."""
        await reads.note_thread(tx, event.user_id, event.thread_id, self._memory.clock.now())

    async def on_thread_erased(self, tx: Transaction, event: ThreadErased) -> None:
        """Erase what is kept of the thread, and keep it from coming back by whatever is late. Idempotent."""
        # First: whoever writes what they read of it holds these rows, and finds them gone afterwards.
        await reads.drop_thread(tx, event.user_id, event.thread_id)
        await consolidations.drop(tx, event.user_id, event.thread_id)
        await self._memory.rows.see_only(tx, event.user_id)
        await bury(tx, event.user_id, [event.thread_id], "thread", self._memory.clock.now())
        await turns.delete_thread(tx, event.user_id, event.thread_id)
        await forget_uses_in(tx, event.user_id, event.thread_id)
        await drop_pins(tx, event.user_id, event.thread_id)

    async def on_user_deleted(self, tx: Transaction, event: UserDeleted) -> None:
        """Have everything that is kept of a person erased. Idempotent."""
        await self._memory.erasing.note(tx, event.user_id)

"""Put pinned threads into the order that their person wants."""

from collections.abc import Sequence
from uuid import UUID

from emergence.contracts.session.managing import PinnedThreads
from emergence.contracts.session.problems import UnknownThread
from emergence.session.parts import Session
from emergence.session.store import log, threads
from emergence.session.store import thread_management as managing
from emergence.session.threads.told import updated


async def order_pins(session: Session, user_id: UUID, wanted: Sequence[UUID]) -> PinnedThreads:
    """Order pinned threads, tell everybody, and return all of them; those that are not named follow. Idempotent.

    Raises UnknownThread for one that is not pinned, or not this person's.
    """
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            pins = await managing.lock_pins(tx, user_id)
            if not set(wanted) <= set(pins):
                raise UnknownThread()
            order = list(dict.fromkeys([*wanted, *pins]))
            moved = await managing.order_pins(tx, user_id, order)
            drafts = [updated(user_id, thread) for thread in moved]
            frames = await log.append_drafts(tx, user_id, drafts, session.clock.now()) if drafts else []
            found = [await threads.read_thread(tx, user_id, thread_id) for thread_id in order]
        await session.bus.publish(user_id, frames)
    return PinnedThreads(threads=[thread for thread in found if thread is not None])

"""Who waits for whom, so that nobody waits in a circle: a transaction takes what it needs of these in this order.

1. What is to be read of a thread (`reads.hold_read`, and whoever writes into `thread_reads`).
2. What is to be consolidated of it (`consolidations.hold`, `hold_thread`; new rows are added under the third).
3. A person's items and turns (`hold_items`), before anything of theirs is looked up in order to be written or removed.
4. Their passages (`hold_passages`).
"""

from uuid import UUID

from emergence.kernel.errors import Unavailable
from emergence.kernel.storage.database import Transaction


class HeldTooLong(Unavailable):
    """Something else that is done for this person took so long that it was waited for in vain: it works later."""


async def hold_items(tx: Transaction, user_id: UUID) -> None:
    """Let nobody else keep, change or forget items or turns of this person until this transaction ends.

    Raises HeldTooLong.
    """
    await _hold(tx, "memory:items:", user_id)


async def hold_passages(tx: Transaction, user_id: UUID) -> None:
    """Let nobody else remove turns of this person, or store vectors of them, until this transaction ends.

    Raises HeldTooLong.
    """
    await _hold(tx, "memory:passages:", user_id)


async def _hold(tx: Transaction, what: str, user_id: UUID) -> None:
    try:
        await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1 || $2::uuid::text, 0))", what, user_id)
    except TimeoutError as waited:
        raise HeldTooLong() from waited

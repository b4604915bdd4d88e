"""Who waits for whom, so that nobody waits in a circle: a transaction takes what it needs of these in this order.

1. What is to be read of a thread (`reads.hold_read`, and whoever writes into `thread_reads`).
2. What is to be consolidated of it (`consolidations.hold`, `hold_thread`; new rows are added under the third).
3. A person's items and turns (`hold_items`), before anything of theirs is looked up in order to be written or removed.
4. Their passages (`hold_passages`).
"""

from uuid import UUID

from emergence.kernel.storage.database import Transaction


async def hold_items(tx: Transaction, user_id: UUID) -> None:
    """Let nobody else keep, change or forget items or turns of this person until this transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('memory:items:' || $1::uuid, 0))", user_id)


async def hold_passages(tx: Transaction, user_id: UUID) -> None:
    """Let nobody else remove turns of this person, or store vectors of them, until this transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('memory:passages:' || $1::uuid, 0))", user_id)

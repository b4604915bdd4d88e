"""What a subscriber has dealt with, so that a second delivery does nothing."""

from datetime import timedelta
from uuid import UUID

from emergence.kernel.storage.database import Database, Transaction

# Longer than any bus keeps an event (bus/postgres.py: 14 days), or a late double would be handled again.
RETENTION = timedelta(days=30)
PRUNE_SIZE = 10_000  # rows a statement, far below its deadline


async def accept(tx: Transaction, subscriber: str, event_id: UUID) -> bool:
    """Note in `tx` that the event is dealt with; return False when it already was.

    Of two transactions with the same event one waits here until the other has ended.
    """
    status = await tx.execute(
        "INSERT INTO inbox (subscriber, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", subscriber, event_id
    )
    return status == "INSERT 0 1"


async def prune(database: Database) -> None:
    """Forget events that no bus delivers any more. Idempotent. Raises DatabaseUnavailable."""
    full = f"DELETE {PRUNE_SIZE}"
    while full == await database.execute(
        """
        DELETE FROM inbox WHERE (subscriber, event_id) IN
            (SELECT subscriber, event_id FROM inbox WHERE handled_at < now() - $1::interval LIMIT $2)
        """,
        RETENTION,
        PRUNE_SIZE,
    ):
        pass

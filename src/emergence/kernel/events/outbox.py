"""Publishing as part of the writer's own transaction: what rolls back was never said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.events.bus.bus import Envelope
from emergence.kernel.events.event import Event
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class OutboxState:
    """What still waits for the relay."""

    depth: int
    oldest: datetime | None


async def publish(tx: Transaction, event: Event) -> UUID:
    """Say `event` when, and only when, `tx` commits; return the event's id.

    Events of one service reach the bus in the order in which their transactions commit, and
    within a transaction in the order of the calls. Raises RuntimeError outside a transaction.
    """
    if not tx.is_in_transaction():
        raise RuntimeError(f"{event.name} must be published inside the transaction that makes it true")
    event_id = new_id()
    await tx.execute(
        "INSERT INTO outbox (id, name, subject, payload) VALUES ($1, $2, $3, $4)",
        event_id,
        event.name,
        event.subject(),
        event.model_dump_json(),
    )
    return event_id


async def oldest_unsent(database: Database, limit: int) -> Sequence[Envelope]:
    """Return up to `limit` events that wait for the relay, in order. Raises DatabaseUnavailable."""
    rows = await database.fetch(
        "SELECT id, name, subject, published_at, payload FROM outbox ORDER BY position LIMIT $1", limit
    )
    return [
        Envelope(
            id=row["id"],
            name=row["name"],
            subject=row["subject"],
            publisher=database.schema,
            published_at=row["published_at"],
            payload=row["payload"],
        )
        for row in rows
    ]


async def forget(database: Database, envelopes: Sequence[Envelope]) -> None:
    """Remove events that the bus has. Idempotent. Raises DatabaseUnavailable."""
    await database.execute("DELETE FROM outbox WHERE id = ANY ($1)", [envelope.id for envelope in envelopes])


async def state(database: Database) -> OutboxState:
    """Return how much waits and since when. Raises DatabaseUnavailable."""
    row = await database.fetchrow("SELECT count(*), min(published_at) FROM outbox")
    return OutboxState(row[0], row[1]) if row is not None else OutboxState(0, None)

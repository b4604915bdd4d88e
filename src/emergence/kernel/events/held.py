"""Events that wait behind a failure of their own subject, and those that were given up."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.events.bus.bus import Envelope
from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """The first waiting event of its subject; it was tried `tries` times."""

    envelope: Envelope
    tries: int


@dataclass(frozen=True, slots=True)
class Failure:
    """How often an event failed by now, why the last time (a class name, never a message), and when to try again."""

    tries: int
    reason: str | None
    next_try_at: datetime


async def is_held(tx: Transaction, subscriber: str, subject: str) -> bool:
    """Return whether earlier events of `subject` wait."""
    question = "SELECT EXISTS (SELECT FROM held_events WHERE subscriber = $1 AND subject = $2)"
    return bool(await tx.fetchval(question, subscriber, subject))


async def hold(tx: Transaction, subscriber: str, envelope: Envelope, failure: Failure) -> None:
    """Put the event behind those of its subject that already wait; one that waits already stays where it is."""
    await tx.execute(
        """
        INSERT INTO held_events (subscriber, event_id, name, subject, publisher, published_at, payload,
                                 tries, reason, next_try_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
        """,
        subscriber,
        envelope.id,
        envelope.name,
        envelope.subject,
        envelope.publisher,
        envelope.published_at,
        envelope.payload,
        failure.tries,
        failure.reason,
        failure.next_try_at,
    )


async def first_due(database: Database, subscriber: str, now: datetime) -> HeldEvent | None:
    """Return an event that is the first of its subject and due by `now`."""
    row = await database.fetchrow(
        """
        SELECT event_id, name, subject, publisher, published_at, payload, tries FROM held_events AS held
        WHERE subscriber = $1 AND next_try_at <= $2 AND NOT EXISTS (
            SELECT FROM held_events AS earlier
            WHERE earlier.subscriber = $1 AND earlier.subject = held.subject AND earlier.turn < held.turn)
        ORDER BY next_try_at, turn LIMIT 1
        """,
        subscriber,
        now,
    )
    return HeldEvent(Envelope(*tuple(row)[:6]), row["tries"]) if row is not None else None


async def next_try_at(database: Database, subscriber: str) -> datetime | None:
    """Return when the next waiting event is due, or None when none waits."""
    row = await database.fetchrow(
        """
        SELECT min(next_try_at) FROM
            (SELECT DISTINCT ON (subject) next_try_at FROM held_events
             WHERE subscriber = $1 ORDER BY subject, turn) AS first_of_each
        """,
        subscriber,
    )
    return row[0] if row is not None else None


async def note_failure(tx: Transaction, subscriber: str, event_id: UUID, failure: Failure) -> None:
    """Keep the event at its place until its next try."""
    await tx.execute(
        "UPDATE held_events SET tries = $3, reason = $4, next_try_at = $5 WHERE subscriber = $1 AND event_id = $2",
        subscriber,
        event_id,
        failure.tries,
        failure.reason,
        failure.next_try_at,
    )


async def let_go(tx: Transaction, subscriber: str, event_id: UUID) -> None:
    """Take the event out of the queue of its subject."""
    await tx.execute("DELETE FROM held_events WHERE subscriber = $1 AND event_id = $2", subscriber, event_id)


async def park(tx: Transaction, subscriber: str, event_id: UUID, failure: Failure) -> None:
    """Give the event up: it no longer blocks its subject, and waits for a person."""
    await tx.execute(
        """
        WITH given_up AS (DELETE FROM held_events WHERE subscriber = $1 AND event_id = $2 RETURNING *)
        INSERT INTO parked_events
            (subscriber, event_id, name, subject, publisher, published_at, payload, tries, reason)
        SELECT subscriber, event_id, name, subject, publisher, published_at, payload, $3, $4 FROM given_up
        ON CONFLICT DO NOTHING
        """,
        subscriber,
        event_id,
        failure.tries,
        failure.reason,
    )


async def release(tx: Transaction, subscriber: str, event_id: UUID) -> bool:
    """Let a parked event be tried again, after whatever waits for its subject now; False when it is not parked."""
    status = await tx.execute(
        """
        WITH released AS (DELETE FROM parked_events WHERE subscriber = $1 AND event_id = $2 RETURNING *),
             forgotten AS (DELETE FROM inbox WHERE subscriber = $1 AND event_id = $2)
        INSERT INTO held_events
            (subscriber, event_id, name, subject, publisher, published_at, payload, tries, next_try_at)
        SELECT subscriber, event_id, name, subject, publisher, published_at, payload, 0, '-infinity' FROM released
        """,
        subscriber,
        event_id,
    )
    return status == "INSERT 0 1"

"""The bus that needs nothing else to run: an append-only table, a cursor per subscriber, NOTIFY as a hint."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from emergence.kernel.events.bus.bus import Delivery, Envelope, Subscription
from emergence.kernel.events.bus.retention import Retention
from emergence.kernel.events.watch import Watch, sole_watch
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.migrate import apply_packages

log = structlog.get_logger(__name__)

MIGRATIONS = "emergence.kernel.events.bus.migrations"
BATCH_SIZE = 100
PRUNE_SIZE = 10_000  # rows a statement, far below its deadline


class PostgresBus:
    """Events in the schema `bus` of one database; makes and upgrades that schema on first use."""

    def __init__(self, url: str, *, retention: Retention | None = None) -> None:
        self.url = url
        # Two connections: one for what the service publishes, one for what it reads.
        self._database = Database(url, "bus", pool_size=2)
        self._retention = retention or Retention()
        self._preparing = asyncio.Lock()
        self._is_prepared = False

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        """Add all of them in one transaction."""
        await self.prepare()
        async with self._database.transaction() as tx:
            # Positions become visible in their own order, so that no reader passes one that is not yet committed.
            await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('bus.append', 0))")
            await tx.execute(
                """
                INSERT INTO events (id, name, subject, publisher, payload, published_at)
                SELECT id, name, subject, publisher, payload, published_at
                FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::json[], $6::timestamptz[])
                    WITH ORDINALITY AS new (id, name, subject, publisher, payload, published_at, place)
                ORDER BY place
                """,
                [envelope.id for envelope in envelopes],
                [envelope.name for envelope in envelopes],
                [envelope.subject for envelope in envelopes],
                [envelope.publisher for envelope in envelopes],
                [envelope.payload for envelope in envelopes],
                [envelope.published_at for envelope in envelopes],
            )

    @asynccontextmanager
    async def subscription(self, subscriber: str) -> AsyncIterator[Subscription]:
        """Wait for the turn of `subscriber` and yield its place among the events."""
        await self.prepare()
        async with sole_watch(self._database, lock=f"subscriber:{subscriber}", channel="bus.events") as watch:
            await self._database.execute(
                "INSERT INTO cursors (subscriber, position) VALUES ($1, 0) ON CONFLICT DO NOTHING", subscriber
            )
            yield PostgresSubscription(self._database, watch, subscriber)

    async def prune(self) -> None:
        """Drop events that every known subscriber has and that are old enough, and all that are too old."""
        await self.prepare()
        while True:
            rows = await self._database.fetch(
                """
                WITH read_by_all AS (SELECT min(position) AS position FROM cursors)
                DELETE FROM events USING read_by_all WHERE events.position IN (
                    SELECT events.position FROM events, read_by_all
                    WHERE appended_at < now() - $2::interval
                       OR (appended_at < now() - $1::interval AND events.position <= read_by_all.position)
                    LIMIT $3)
                RETURNING events.position > read_by_all.position AS was_unread
                """,
                self._retention.at_least,
                self._retention.at_most,
                PRUNE_SIZE,
            )
            if unread := sum(1 for row in rows if row["was_unread"]):
                log.error("unread_events_dropped", count=unread)
            if len(rows) < PRUNE_SIZE:
                return

    async def close(self) -> None:
        """Return every connection."""
        await self._database.close()

    async def prepare(self) -> None:
        """Make or upgrade the tables; everything else here calls it first. Idempotent.

        Raises DatabaseUnavailable, MigrationRefused.
        """
        async with self._preparing:
            if not self._is_prepared:
                await apply_packages(self._database, [MIGRATIONS])
                self._is_prepared = True


class PostgresSubscription:
    """A cursor in the database; the watch says that it is ours and when to look again."""

    def __init__(self, database: Database, watch: Watch, subscriber: str) -> None:
        self._database = database
        self._watch = watch
        self._subscriber = subscriber

    async def next_batch(self, at_most: timedelta) -> Sequence[Delivery]:
        """Return the events after the cursor, waiting when there are none."""
        if batch := await self._after_cursor():
            return batch
        await self._watch.wait(at_most)
        return await self._after_cursor()

    async def acknowledge(self, delivery: Delivery) -> None:
        """Move the cursor; it never goes back."""
        await self._database.execute(
            "UPDATE cursors SET position = $2, moved_at = now() WHERE subscriber = $1 AND position < $2",
            self._subscriber,
            delivery.position,
        )

    async def _after_cursor(self) -> Sequence[Delivery]:
        self._watch.check()
        rows = await self._database.fetch(
            """
            SELECT position, id, name, subject, publisher, published_at, payload FROM events
            WHERE position > (SELECT position FROM cursors WHERE subscriber = $1)
            ORDER BY position LIMIT $2
            """,
            self._subscriber,
            BATCH_SIZE,
        )
        return [Delivery(row[0], Envelope(*row[1:])) for row in rows]

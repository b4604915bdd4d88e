"""Login sessions that were ended: access tokens made for them are refused although they have not expired."""

from datetime import timedelta
from typing import Never
from uuid import UUID

from emergence.kernel.clock import Clock
from emergence.kernel.events.keep_running import keep_running
from emergence.kernel.storage.database import Database, Transaction

POLL_INTERVAL = timedelta(seconds=1)
PRUNE_INTERVAL = timedelta(minutes=1)
KEPT = timedelta(minutes=10)  # twice what an access token lives: clocks differ, and events may be late


class RevokedSessions:
    """What one service knows of ended login sessions, on every instance of it.

    Whichever instance handles the event notes it in the service's schema; the others read it there
    within POLL_INTERVAL. While the database is away, what is known stays known.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known_since_s: dict[UUID, float] = {}
        self._pruned_s = clock.elapsed_s()

    def is_revoked(self, session_id: UUID) -> bool:
        """Return whether tokens of this login session must be refused; looks into memory only."""
        return session_id in self._known_since_s

    async def note(self, tx: Transaction, session_id: UUID) -> None:
        """Remember an ended login session; for the handler of the event that says so. Idempotent."""
        await tx.execute("INSERT INTO revoked_sessions (session_id) VALUES ($1) ON CONFLICT DO NOTHING", session_id)
        self._learn(session_id)  # a rollback does no harm: what the event says is so

    async def is_noted(self, tx: Transaction, session_id: UUID) -> bool:
        """Return whether a login session was ended, by the table: for what outlives an access token."""
        return await tx.fetchrow("SELECT FROM revoked_sessions WHERE session_id = $1", session_id) is not None

    async def read(self) -> None:
        """Learn what other instances noted, and forget what no token can be older than. Raises DatabaseUnavailable."""
        rows = await self._database.fetch(
            "SELECT session_id FROM revoked_sessions WHERE revoked_at > now() - $1::interval", KEPT
        )
        for row in rows:
            self._learn(row["session_id"])
        oldest_s = self._clock.elapsed_s() - KEPT.total_seconds()
        for session_id in [each for each, since_s in self._known_since_s.items() if since_s < oldest_s]:
            del self._known_since_s[session_id]

    async def run(self) -> Never:
        """Read for ever, across outages of the database."""
        await keep_running("revoked_sessions", self._work)

    async def _work(self) -> None:
        while True:
            await self.read()
            await self._prune_when_due()
            await self._clock.sleep(POLL_INTERVAL)

    async def _prune_when_due(self) -> None:
        now_s = self._clock.elapsed_s()
        if now_s - self._pruned_s >= PRUNE_INTERVAL.total_seconds():
            self._pruned_s = now_s
            await self._database.execute(
                "DELETE FROM revoked_sessions WHERE revoked_at < now() - $1::interval", 2 * KEPT
            )

    def _learn(self, session_id: UUID) -> None:
        self._known_since_s.setdefault(session_id, self._clock.elapsed_s())

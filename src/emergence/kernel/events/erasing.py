"""Erases what one service holds of people who are no more: noted with the event, carried out in small steps."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Never
from uuid import UUID

import structlog

from emergence.kernel.clock import Clock
from emergence.kernel.events.keep_running import keep_running
from emergence.kernel.storage.database import Database, Transaction
from emergence.kernel.storage.personal_data import PARKED_EVENTS, PersonalTable, Writes, erase_rows

log = structlog.get_logger(__name__)

POLL_INTERVAL = timedelta(seconds=2)
# What was under way (a reply that a model still writes, an event on its way) may leave a row behind the first time.
AGAIN_AFTER = timedelta(hours=1)


class Erasing:
    """What one service does about erased people, in whichever instance: twice, an hour apart, then it forgets them.

    The note is in the database, so that work that a crash cut off goes on; erasing twice does no harm.
    `seen_by` returns where the rows of a person can be seen, if that is not simply the database.
    """

    def __init__(
        self,
        database: Database,
        tables: Sequence[PersonalTable],
        clock: Clock,
        seen_by: Callable[[UUID], Writes] | None = None,
    ) -> None:
        self._database = database
        self._seen_by = seen_by or (lambda _: database)
        self._tables = (*tables, PARKED_EVENTS)
        self._clock = clock

    async def note(self, tx: Transaction, user_id: UUID) -> None:
        """Have a person erased; for the handler of the event that says so. Idempotent."""
        await tx.execute(
            "INSERT INTO erasures (user_id, next_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", user_id, self._clock.now()
        )

    async def run(self) -> Never:
        """Erase for ever, across outages of the database."""
        await keep_running(f"erasing:{self._database.schema}", self._work)

    async def _work(self) -> None:
        while True:
            await self.erase_due()
            await self._clock.sleep(POLL_INTERVAL)

    async def erase_due(self) -> None:
        """Erase whoever is due. Raises DatabaseUnavailable; what was erased stays so."""
        now = self._clock.now()
        due = await self._database.fetch("SELECT user_id, is_last FROM erasures WHERE next_at <= $1", now)
        for row in due:
            await erase_rows(self._seen_by(row["user_id"]), self._tables, row["user_id"])
            if row["is_last"]:
                await self._database.execute("DELETE FROM erasures WHERE user_id = $1", row["user_id"])
                log.info("person_erased", service=self._database.schema)
            else:
                await self._database.execute(
                    "UPDATE erasures SET is_last = true, next_at = $2 WHERE user_id = $1",
                    row["user_id"],
                    now + AGAIN_AFTER,
                )

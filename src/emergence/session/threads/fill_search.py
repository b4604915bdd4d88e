"""Make what was written before there was a search findable, in steps that nobody notices."""

from datetime import timedelta

import structlog

from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.session.parts import Session
from emergence.session.store.search import fill_in

log = structlog.get_logger(__name__)

PAUSE = timedelta(milliseconds=100)
PAUSE_AFTER_OUTAGE = timedelta(seconds=5)
LOOK_AGAIN = timedelta(hours=1)  # another instance may have died over it


async def keep_filling(session: Session) -> None:
    """Fill in what is missing until nothing is, across outages of the database; look again now and then."""
    while True:
        try:
            has_more = await fill_in(session.database)
        except DatabaseUnavailable:
            await session.clock.sleep(PAUSE_AFTER_OUTAGE)
            continue
        await session.clock.sleep(PAUSE if has_more else LOOK_AGAIN)

"""Look through what session has for messages that no event told of: from before this service, or lost on the way."""

from datetime import timedelta

import structlog

from emergence.kernel.errors import DeadlineExceeded, Unavailable
from emergence.kernel.events.watch import sole_watch
from emergence.kernel.ids import made_at
from emergence.memory.parts import Memory
from emergence.memory.store import filling

log = structlog.get_logger(__name__)

CHANNEL = "memory.filling"  # nobody says anything there: the lock is what counts
PAUSE = timedelta(milliseconds=50)
PAUSE_AFTER_OUTAGE = timedelta(seconds=5)
LOOK_AGAIN = timedelta(minutes=10)
# A message keeps the id that it was given when its run was queued. Older ones have ended, and are looked at once.
SETTLED_AFTER = timedelta(hours=1)


async def keep_filling(memory: Memory) -> None:
    """Look through everything once, then through what is new, for ever, one instance at a time."""
    async with sole_watch(memory.database, lock="memory:filling", channel=CHANNEL) as watch:
        while True:
            try:
                await fill_in(memory)
                pause = LOOK_AGAIN
            except (Unavailable, DeadlineExceeded) as failed:
                log.info("not_filled_in", code=failed.code)
                pause = PAUSE_AFTER_OUTAGE
            await memory.clock.sleep(pause)
            watch.check()


async def fill_in(memory: Memory) -> None:
    """Have everything read that there is after the last look. Raises Unavailable; the next look goes on from there."""
    after = await filling.read_after(memory.database)
    while True:
        found = await memory.said.places(after)
        settled = memory.clock.now() - SETTLED_AFTER
        places = found.places
        looked_at = [place.message_id for place in places if made_at(place.message_id) < settled]
        after = found.next
        kept = after if after is not None and made_at(after) < settled else (looked_at[-1] if looked_at else None)
        async with memory.database.transaction() as tx:
            await filling.note_places(tx, places, kept, memory.clock.now())
        if after is None:
            return
        await memory.clock.sleep(PAUSE)

"""Consolidate what is due for ever, one instance at a time, a bounded number of threads and people a round."""

from datetime import timedelta

import structlog

from emergence.kernel.events.watch import sole_watch
from emergence.memory import figures
from emergence.memory.gardening.tend_person import tend_person
from emergence.memory.gardening.tend_thread import tend_thread
from emergence.memory.parts import Memory
from emergence.memory.store import consolidations, item_totals, spending

log = structlog.get_logger(__name__)

POLL = timedelta(seconds=20)  # nothing is due sooner than minutes after it was said
AT_ONCE = 20


async def keep_gardening(memory: Memory) -> None:
    """Tend memory for ever. Raises DatabaseUnavailable when that is lost; what was begun is then begun again."""
    async with sole_watch(memory.database, lock="memory:gardener", channel=consolidations.CHANNEL) as watch:
        if left := await spending.close_running(memory.database, memory.clock.now()):
            log.warning("consolidations_broken_off", count=left)
        await consolidations.note_everybody(memory.database, memory.clock.now())
        while True:
            while await tend_due(memory):
                watch.check()
            now = memory.clock.now()
            figures.due_consolidations.set(await consolidations.count_due(memory.database, now))
            figures.consolidation_spent.set(float(await spending.spent_today(memory.database, now)))
            for state, count in (await item_totals.add_up(memory.database)).items():
                figures.items.labels(state).set(count)
            await watch.wait(POLL)


async def tend_due(memory: Memory) -> bool:
    """Consolidate what is due; return whether there was anything."""
    due = await consolidations.due(memory.database, memory.clock.now(), AT_ONCE)
    for each in due:
        if each.is_night:
            await tend_person(memory, each)
            figures.consolidations.labels("night", "done").inc()
        else:
            await tend_thread(memory, each)
    return bool(due)

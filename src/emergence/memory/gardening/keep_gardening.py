"""Consolidate what is due for ever, one instance at a time, a bounded number of threads and people a round."""

from datetime import timedelta

import structlog

from emergence.kernel.events.watch import sole_watch
from emergence.kernel.every import Every
from emergence.kernel.failure_of import failure_of
from emergence.memory import figures
from emergence.memory.failed_work import is_outage, log_failure, wait_after_failure
from emergence.memory.gardening.tend_person import tend_person
from emergence.memory.gardening.tend_thread import tend_thread
from emergence.memory.parts import Memory
from emergence.memory.store import consolidations, item_totals, spending
from emergence.memory.store.consolidations import Due

log = structlog.get_logger(__name__)

POLL = timedelta(seconds=20)  # nothing is due sooner than minutes after it was said
AT_ONCE = 20
WAIT_IN_OUTAGE = timedelta(minutes=1)


async def keep_gardening(memory: Memory) -> None:
    """Tend memory for ever. Raises DatabaseUnavailable when that is lost; what was begun is then begun again."""
    async with sole_watch(memory.database, lock="memory:gardener", channel=consolidations.CHANNEL) as watch:
        if left := await spending.close_running(memory.database, memory.clock.now()):
            log.warning("consolidations_broken_off", count=left)
        await consolidations.note_everybody(memory.database, memory.clock.now())
        counting = Every(memory.clock, POLL)
        while True:
            while await tend_due(memory):
                watch.check()
                if counting.is_due():  # a model may have hours of work
                    await _count(memory)
            await _count(memory)
            await watch.wait(POLL)


async def _count(memory: Memory) -> None:
    now = memory.clock.now()
    figures.due_consolidations.set(await consolidations.count_due(memory.database, now))
    figures.left_out.labels("gardening").set(await consolidations.count_left_out(memory.database))
    figures.consolidation_spent.set(float(await spending.spent_today(memory.database, now)))
    for state, count in (await item_totals.add_up(memory.database)).items():
        figures.items.labels(state).set(count)


async def tend_due(memory: Memory) -> bool:
    """Consolidate what is due; return whether there was anything. What fails is due again later.

    Raises DatabaseUnavailable.
    """
    due = await consolidations.due(memory.database, memory.clock.now(), AT_ONCE)
    for each in due:
        failed = await failure_of(_tend(memory, each))
        if failed is not None and is_outage(failed):
            log.info("gardening_waits", code=failed.code, user_id=str(each.user_id), thread_id=str(each.thread_id))
            until = memory.clock.now() + WAIT_IN_OUTAGE
            await consolidations.postpone(memory.database, each, until, counts=False)
        elif failed is not None:
            log_failure("gardening", each.failures, failed, user_id=str(each.user_id), thread_id=str(each.thread_id))
            until = memory.clock.now() + wait_after_failure(each.failures)
            await consolidations.postpone(memory.database, each, until, has_failed=True)
            figures.consolidations.labels("night" if each.is_night else "thread", "failed").inc()
    return bool(due)


async def _tend(memory: Memory, due: Due) -> None:
    if due.is_night:
        await tend_person(memory, due)
        figures.consolidations.labels("night", "done").inc()
    else:
        await tend_thread(memory, due)

"""Repeat what must not be given up merely because the database is away for a while."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from emergence.kernel.clock import Clock
from emergence.kernel.storage.database import DatabaseUnavailable

Answer = TypeVar("Answer")

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 2.0


async def outlast_outage(clock: Clock, limit: timedelta, attempt: Callable[[], Awaitable[Answer]]) -> Answer:
    """Return what `attempt` returns, repeating it with growing pauses while PostgreSQL is away.

    `attempt` must bear being repeated after a commit whose outcome was lost. Raises
    DatabaseUnavailable once the outage has lasted longer than `limit`.
    """
    began, pause_s = clock.elapsed_s(), FIRST_PAUSE_S
    while True:
        try:
            return await attempt()
        except DatabaseUnavailable:
            if clock.elapsed_s() - began > limit.total_seconds():
                raise
        await clock.sleep(timedelta(seconds=random.uniform(pause_s / 2, pause_s)))
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

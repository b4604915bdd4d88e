"""How long an event loop keeps others waiting while something runs on it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

STEP_S = 0.005


class Lags:
    """How much later than asked for a sleeper woke, each time."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def percentile_ms(self, percent: int) -> float:
        """Return the lag below which so many percent are."""
        ordered = sorted(self.seconds) or [0.0]
        return 1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


@asynccontextmanager
async def watched_loop() -> AsyncIterator[Lags]:
    """Measure the running loop until the block is left."""
    lags = Lags()

    async def watch() -> None:
        while True:
            began = perf_counter()
            await asyncio.sleep(STEP_S)
            lags.seconds.append(perf_counter() - began - STEP_S)

    watcher = asyncio.create_task(watch())
    try:
        yield lags
    finally:
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)

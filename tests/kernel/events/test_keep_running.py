"""A background loop goes on after whatever ends it, until it is cancelled."""

import asyncio

import pytest

from emergence.kernel.events.keep_running import keep_running
from emergence.kernel.storage.database import DatabaseUnavailable


async def test_work_that_fails_or_ends_is_called_again() -> None:
    endings: list[Exception | None] = [DatabaseUnavailable(), ZeroDivisionError(), None]
    is_over = asyncio.Event()

    async def work() -> None:
        if not endings:
            is_over.set()
        elif (ending := endings.pop(0)) is not None:
            raise ending

    running = asyncio.create_task(keep_running("test", work))
    async with asyncio.timeout(5):
        await is_over.wait()
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running

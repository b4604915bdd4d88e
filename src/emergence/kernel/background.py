"""Short work that must be finished although its caller is gone, and that a stop waits for."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta

import structlog

log = structlog.get_logger(__name__)


def stop_if_cancelled() -> None:
    """Raise CancelledError where this task was asked to stop and a library took that for an answer.

    Before Python 3.12 `asyncio.wait_for` does so when both come at once (python/cpython#86296). Loops that await a
    library which uses it ask here each time round; without it a stop would wait for them for ever.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


class Background:
    """Owns the tasks that were started; `close` waits for them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    async def finish(self, work: Coroutine[None, None, None]) -> None:
        """Wait for `work`; when the waiting is cancelled, `work` still runs to its end."""
        await asyncio.shield(self.start(work))

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Have `work` done; nobody needs to wait for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._note_end)
        return task

    async def close(self, at_most: timedelta = timedelta(seconds=5)) -> None:
        """Wait for everything that was started, then cancel what is left."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=at_most.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background_work_failed", kind=type(error).__name__, exc_info=error)

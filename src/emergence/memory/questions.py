"""Questions are read in threads of memory's own, and of one person two are answered at a time; others wait for them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar
from uuid import UUID
from weakref import WeakValueDictionary

from emergence.contracts.memory.problems import TooManyQuestions

Read = TypeVar("Read")

READERS = 2  # threads: other services of this process keep theirs
AT_ONCE = 2  # of one person
PATIENCE_S = 5.0
RETRY_AFTER_S = 2


class Questions:
    """Belongs to one event loop from its first question on."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="questions")
        self._places: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()  # of those who ask now

    async def read(self, reading: Callable[[str, datetime], Read], text: str, now: datetime) -> Read:
        """Return what `reading` makes of a question."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, reading, text, now)

    @asynccontextmanager
    async def of(self, user_id: UUID) -> AsyncIterator[None]:
        """Answer a question of this person within the block, after those that came before. Raises TooManyQuestions."""
        places = self._places.setdefault(user_id, asyncio.Semaphore(AT_ONCE))
        try:
            async with asyncio.timeout(self._patience_s):
                await places.acquire()
        except TimeoutError:
            raise TooManyQuestions(retry_after_s=RETRY_AFTER_S) from None
        try:
            yield
        finally:
            places.release()

    def close(self) -> None:
        """Read nothing more."""
        self._readers.shutdown(wait=False, cancel_futures=True)

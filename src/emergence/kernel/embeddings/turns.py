"""Who uses a model next: one at a time, questions before passages, each in the order in which they came."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from emergence.kernel.embeddings.embedder import EmbeddingBusy


class Turns:
    """A lock with a second, faster line. Belongs to one event loop."""

    def __init__(self, waiting_at_most: int) -> None:
        self._waiting_at_most = waiting_at_most
        self._is_taken = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._patient: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        return len(self._urgent) + len(self._patient)

    async def take(self, *, urgent: bool) -> None:
        """Wait for the turn; the caller gives it back with `give_back`. Raises EmbeddingBusy."""
        if not self._is_taken:
            self._is_taken = True
            return
        if self.waiting >= self._waiting_at_most:
            raise EmbeddingBusy("Too many texts wait for the embedding model.")
        line = self._urgent if urgent else self._patient
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.give_back()  # it was ours at the very moment in which we left
            raise

    def give_back(self) -> None:
        """Hand the turn to the next one who still waits."""
        for line in (self._urgent, self._patient):
            while line:
                place = line.popleft()
                if not place.done():
                    place.set_result(None)
                    return
        self._is_taken = False

    @asynccontextmanager
    async def mine(self) -> AsyncIterator[None]:
        """Hold the turn for a block, before everybody who waits."""
        await self.take(urgent=True)
        try:
            yield
        finally:
            self.give_back()

"""Who uses a model next: one at a time, in the order in which they came; too many are sent away."""

import asyncio

from emergence.kernel.embeddings.embedder import EmbeddingBusy


class Line:
    """A lock before which only so many wait. Belongs to one event loop."""

    def __init__(self, waiting_at_most: int) -> None:
        self._waiting_at_most = waiting_at_most
        self._lock = asyncio.Lock()
        self.waiting = 0

    async def take(self) -> None:
        """Wait for the turn; the caller gives it back with `give_back`. Raises EmbeddingBusy."""
        if self._lock.locked() and self.waiting >= self._waiting_at_most:
            raise EmbeddingBusy("Too many texts wait for the embedding model.")
        self.waiting += 1
        try:
            await self._lock.acquire()
        finally:
            self.waiting -= 1

    def give_back(self) -> None:
        """Hand the turn to the next one."""
        self._lock.release()

"""Whose turn it is to have a PDF set: each takes a whole core, so an instance sets one at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from emergence.contracts.session.problems import PdfBusy

PATIENCE = timedelta(seconds=12)  # with the time that setting may take, less than a gateway waits for an answer


class PdfTurn:
    """Of one person only one is set or waits: the most laborious ones in a row would leave nobody else a turn."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)
        self._people: set[UUID] = set()

    @asynccontextmanager
    async def of(self, user_id: UUID) -> AsyncIterator[None]:
        """Wait for the turn and keep it until the block ends. Raises PdfBusy."""
        if user_id in self._people:
            raise PdfBusy()
        self._people.add(user_id)
        try:
            try:
                async with asyncio.timeout(PATIENCE.total_seconds()):
                    await self._turn.acquire()
            except TimeoutError:
                raise PdfBusy() from None
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._people.remove(user_id)

"""Whose connections came or went, until somebody tells them."""

import asyncio
from uuid import UUID


class PresenceChanges:
    """Collects people; never blocks."""

    def __init__(self) -> None:
        self._here: set[UUID] = set()
        self._elsewhere: set[UUID] = set()
        self._wanted = asyncio.Event()

    def here(self, user_id: UUID) -> None:
        """Note that a connection of this person came or went on this instance."""
        self._here.add(user_id)
        self._wanted.set()

    def elsewhere(self, user_id: UUID) -> None:
        """Note that another instance says so."""
        self._elsewhere.add(user_id)
        self._wanted.set()

    async def next(self) -> tuple[set[UUID], set[UUID]]:
        """Wait until there is somebody; return whose changed here, and whose elsewhere."""
        await self._wanted.wait()
        self._wanted.clear()
        here, elsewhere = self._here, self._elsewhere
        self._here, self._elsewhere = set(), set()
        return here, elsewhere

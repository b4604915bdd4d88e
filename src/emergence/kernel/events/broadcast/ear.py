"""Notes between the line that brings them and the loop that takes them."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import timedelta

from emergence.kernel.metrics import counter

NOTES_KEPT = 10_000  # beyond it the oldest are dropped: whoever is that slow reads the database anyway

_dropped = counter("broadcast_notes_dropped_total", "Notes dropped because they were not taken in time.")


class Ear:
    """Never blocks whoever puts; wakes whoever waits."""

    def __init__(self) -> None:
        self._notes: deque[str] = deque(maxlen=NOTES_KEPT)
        self._woken = asyncio.Event()

    def put(self, note: str) -> None:
        """Add a note."""
        if len(self._notes) == NOTES_KEPT:
            _dropped.inc()
        self._notes.append(note)
        self._woken.set()

    def wake(self) -> None:
        """Let the waiting call return: something about the line has changed."""
        self._woken.set()

    async def taken(self, at_most: timedelta) -> Sequence[str]:
        """Return what came since the last call, waiting `at_most`."""
        try:
            async with asyncio.timeout(at_most.total_seconds()):
                await self._woken.wait()
        except TimeoutError:
            return ()
        self._woken.clear()
        taken = tuple(self._notes)
        self._notes.clear()
        return taken

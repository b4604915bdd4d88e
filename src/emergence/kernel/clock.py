"""Time as a part that is passed in, so that tests can hold it."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where a slice gets its time from."""

    def now(self) -> datetime:
        """Return the wall clock as an aware UTC time."""
        ...

    def elapsed_s(self) -> float:
        """Return seconds on a clock that never goes back; only differences mean something."""
        ...

    async def sleep(self, duration: timedelta) -> None:
        """Wait for `duration`; cancellation ends the wait."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed_s(self) -> float:
        return time.monotonic()

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.sleep(max(0.0, duration.total_seconds()))

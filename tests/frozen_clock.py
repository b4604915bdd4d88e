"""A clock that moves only when a test says so."""

import asyncio
from datetime import UTC, datetime, timedelta


class FrozenClock:
    """Stands still; `advance` moves it and wakes those whose waits are over by then."""

    def __init__(self, at: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)) -> None:
        self._start = at
        self._now = at
        self._sleepers: list[tuple[datetime, asyncio.Event]] = []

    def now(self) -> datetime:
        return self._now

    def elapsed_s(self) -> float:
        return (self._now - self._start).total_seconds()

    async def sleep(self, duration: timedelta) -> None:
        awake = asyncio.Event()
        self._sleepers.append((self._now + duration, awake))
        await awake.wait()

    def advance(self, duration: timedelta) -> None:
        self._now += duration
        for until, awake in self._sleepers:
            if until <= self._now:
                awake.set()
        self._sleepers = [sleeper for sleeper in self._sleepers if not sleeper[1].is_set()]

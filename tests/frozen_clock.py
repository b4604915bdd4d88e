"""A clock that moves only when a test says so."""

from datetime import UTC, datetime, timedelta


class FrozenClock:
    """Stands still; `advance` moves it, and waits end at once after moving it."""

    def __init__(self, at: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)) -> None:
        self._start = at
        self._now = at

    def now(self) -> datetime:
        return self._now

    def elapsed_s(self) -> float:
        return (self._now - self._start).total_seconds()

    async def sleep(self, duration: timedelta) -> None:
        self.advance(duration)

    def advance(self, duration: timedelta) -> None:
        self._now += duration

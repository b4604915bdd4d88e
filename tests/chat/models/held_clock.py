"""A clock that a test holds: sleeping moves it at once."""

from datetime import UTC, datetime, timedelta


class HeldClock:
    """Starts now; `slept_s` lists every wait in seconds."""

    def __init__(self) -> None:
        self._start = datetime.now(UTC)
        self._passed = timedelta()
        self.slept_s: list[float] = []

    def now(self) -> datetime:
        return self._start + self._passed

    def elapsed_s(self) -> float:
        return self._passed.total_seconds()

    async def sleep(self, duration: timedelta) -> None:
        self.slept_s.append(duration.total_seconds())
        self.pass_time(duration)

    def pass_time(self, duration: timedelta) -> None:
        self._passed += duration

"""The machine's clock, of which a test may move the time of day; waits take as long as they take."""

from datetime import datetime, timedelta

from emergence.kernel.clock import SystemClock


class MovedWallClock(SystemClock):
    """Tells the machine's time of day, moved by as much as a test says."""

    def __init__(self) -> None:
        self._moved = timedelta()

    def now(self) -> datetime:
        return super().now() + self._moved

    def advance(self, duration: timedelta) -> None:
        self._moved += duration

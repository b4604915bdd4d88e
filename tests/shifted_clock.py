"""The machine's clock, of which a test may say that more time went by than did."""

from datetime import datetime, timedelta

from emergence.kernel.clock import SystemClock


class ShiftedClock(SystemClock):
    """Sleeps and tells the time of day as the machine does; `pass_by` moves what is measured between two moments."""

    def __init__(self) -> None:
        self._shift_s = 0.0

    def elapsed_s(self) -> float:
        return super().elapsed_s() + self._shift_s

    def pass_by(self, duration: timedelta) -> None:
        self._shift_s += duration.total_seconds()


class HurriedClock(ShiftedClock):
    """The same for the time of day: for programs that must see hours go by while they work at the machine's pace."""

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self._shift_s)

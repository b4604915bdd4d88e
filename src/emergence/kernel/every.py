"""What is done now and then in a loop that may go round for hours."""

from datetime import timedelta

from emergence.kernel.clock import Clock


class Every:
    """Tells when so much time has passed since it last said so; at once the first time."""

    def __init__(self, clock: Clock, interval: timedelta) -> None:
        self._clock = clock
        self._interval_s = interval.total_seconds()
        self._next_s = clock.elapsed_s()

    def is_due(self) -> bool:
        """Return whether it is time, and begin to wait anew if so."""
        now_s = self._clock.elapsed_s()
        if now_s < self._next_s:
            return False
        self._next_s = now_s + self._interval_s
        return True

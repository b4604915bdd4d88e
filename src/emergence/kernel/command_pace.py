"""How much somebody may ask of one instance: so many commands a minute, for whatever tells them apart."""

from collections.abc import Hashable
from dataclasses import dataclass
from math import ceil
from typing import Generic, TypeVar

from emergence.kernel.clock import Clock

FORGOTTEN_AFTER_S = 120.0

Who = TypeVar("Who", bound=Hashable)


@dataclass(slots=True)
class _Bucket:
    left: float
    filled_at_s: float


class CommandPace(Generic[Who]):
    """A token bucket for each of whoever asks: `per_minute` at once at most, refilled evenly."""

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock = clock
        self._capacity = float(per_minute)
        self._buckets: dict[Who, _Bucket] = {}

    def admits(self, who: Who) -> bool:
        """Count one command; return whether it is within the pace."""
        now_s = self._clock.elapsed_s()
        bucket = self._buckets.setdefault(who, _Bucket(self._capacity, now_s))
        refill = (now_s - bucket.filled_at_s) * self._capacity / 60
        bucket.left = min(self._capacity, bucket.left + refill)
        bucket.filled_at_s = now_s
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True

    @property
    def retry_after_s(self) -> int:
        """Whole seconds until one more command is within the pace."""
        return ceil(60 / self._capacity)

    def forget_idle(self) -> None:
        """Drop buckets that are full again."""
        now_s = self._clock.elapsed_s()
        self._buckets = {
            who: bucket for who, bucket in self._buckets.items() if now_s - bucket.filled_at_s < FORGOTTEN_AFTER_S
        }

"""How fast one login session may do what costs little: sixty refreshes and thirty tickets in a minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from emergence.contracts.auth.problems import RateLimit, TooManyAttempts


@dataclass(frozen=True, slots=True)
class Pace:
    """`burst` at once, then one each `interval` (generic cell rate algorithm, kept in the session's own row)."""

    name: str
    burst: int
    interval: timedelta

    @property
    def ahead(self) -> timedelta:
        """Return how far the theoretical arrival time may lie ahead."""
        return self.interval * (self.burst - 1)

    def exceeded(self) -> TooManyAttempts:
        """Return the refusal."""
        limit = RateLimit(self.name, self.burst, ceil((self.interval * self.burst).total_seconds()))
        return TooManyAttempts(retry_after_s=ceil(self.interval.total_seconds()), limit=limit)


REFRESHES = Pace("refresh", burst=60, interval=timedelta(seconds=1))
TICKETS = Pace("ws-ticket", burst=30, interval=timedelta(seconds=2))


def next_arrival(pace: Pace, expected: datetime | None, now: datetime) -> datetime:
    """Return when the next one is expected if this one is let through. Raises TooManyAttempts."""
    expected = max(expected or now, now)
    if expected > now + pace.ahead:
        raise pace.exceeded()
    return expected + pace.interval

"""How long a bus keeps events."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """How long events stay: consumed ones for `at_least`, so that a service deployed a little later still gets them."""

    at_least: timedelta = timedelta(days=1)
    at_most: timedelta = timedelta(days=14)

"""Spans of time as PostgreSQL compares moments with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment on and until before another one."""

    start: datetime
    end: datetime


def multirange(spans: Iterable[Span]) -> str:
    """Return the text of a `tstzmultirange`; a moment is found in many spans as fast as in a few.

    A statement casts it in a subquery, once: reading a hundred Mondays anew for each row takes seconds.
    """
    return "{" + ",".join(f"[{span.start.isoformat()},{span.end.isoformat()})" for span in spans) + "}"

"""A piece of work that fails by itself waits, longer each time, and stops nothing else; in the end it is left out."""

from datetime import timedelta
from typing import TypeGuard

import structlog

from emergence.kernel.errors import DeadlineExceeded, Unavailable
from emergence.kernel.storage.database import DatabaseUnavailable

log = structlog.get_logger(__name__)

LEFT_OUT_AFTER = 5  # failures
FIRST_WAIT = timedelta(seconds=10)  # four times as long after each: 14 minutes in all
LEFT_OUT_FOR = timedelta(days=1)  # then once more: a later version, or a restarted server, may be able to do it


def is_outage(failed: Exception) -> TypeGuard[Unavailable | DeadlineExceeded]:
    """Return whether a neighbour was away, or our own lock waited for in vain: which says nothing of the work itself.

    A database that does not answer counts as a failure: one that is away takes no note of it anyway, and one that
    works always takes too long for this very piece.
    """
    return isinstance(failed, Unavailable | DeadlineExceeded) and not isinstance(failed, DatabaseUnavailable)


def wait_after_failure(failures: int) -> timedelta:
    """Return how long a piece of work waits that has failed so often before, and now again."""
    return LEFT_OUT_FOR if failures + 1 >= LEFT_OUT_AFTER else FIRST_WAIT * 4**failures


def log_failure(work: str, failures: int, failed: Exception, **named: str) -> None:
    """Log what failed, by its kind and place: never with the words that it was about."""
    is_left_out = failures + 1 >= LEFT_OUT_AFTER
    log.error("work_failed", work=work, failures=failures + 1, is_left_out=is_left_out, exc_info=failed, **named)

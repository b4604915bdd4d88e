"""The edge of a background loop: what goes wrong in it is logged and it goes on."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic
from typing import Never

import structlog

from emergence.kernel.errors import ServiceError
from emergence.kernel.failure_of import failure_of

log = structlog.get_logger(__name__)

FIRST_WAIT = timedelta(milliseconds=100)
LONGEST_WAIT = timedelta(seconds=5)


async def keep_running(name: str, work: Callable[[], Awaitable[None]]) -> Never:
    """Call `work` again whenever it ends, with growing waits while it ends soon; only cancellation stops it."""
    wait = FIRST_WAIT
    while True:
        started = monotonic()
        failed = await failure_of(work())
        if isinstance(failed, ServiceError):
            log.warning("background_interrupted", work=name, code=failed.code)
        elif failed is not None:
            log.error("background_failed", work=name, exc_info=failed)
        if monotonic() - started > LONGEST_WAIT.total_seconds():
            wait = FIRST_WAIT
        await asyncio.sleep(wait.total_seconds() * random.uniform(0.5, 1))
        wait = min(wait * 2, LONGEST_WAIT)

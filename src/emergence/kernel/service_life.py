"""A service from start to stop: its schema brought up to date, then its background loops, until told to end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from emergence.kernel.clock import Clock
from emergence.kernel.events.keep_running import keep_running
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.migrate import migrate_when_reachable

Loop = Callable[[], Awaitable[None]]

PATIENCE_AT_START_S = 20.0  # then requests are let in, and refused with 503 until PostgreSQL answers


@asynccontextmanager
async def service_life(
    database: Database, migrations: str, clock: Clock, loops: Sequence[Loop] = ()
) -> AsyncIterator[None]:
    """Run a service's background work for as long as the block lasts, then close its database.

    `migrations` is the package with its numbered files. A database that is away at start does not
    stop the service: it is tried again until it answers. Raises MigrationRefused when the schema
    and this program contradict each other.
    """
    up_to_date: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    working = asyncio.create_task(_work(database, migrations, clock, loops, up_to_date))
    try:
        await asyncio.wait({working, up_to_date}, timeout=PATIENCE_AT_START_S, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await database.close()


async def _work(
    database: Database, migrations: str, clock: Clock, loops: Sequence[Loop], up_to_date: asyncio.Future[None]
) -> None:
    await migrate_when_reachable(database, migrations, clock)
    up_to_date.set_result(None)
    async with asyncio.TaskGroup() as owned:
        for loop in loops:
            owned.create_task(keep_running(loop.__qualname__, loop))

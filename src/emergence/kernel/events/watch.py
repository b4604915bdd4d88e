"""A connection of its own that hears when there is work; with a lock, so that one process does it, or without."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
from asyncpg import Connection, Record

from emergence.kernel.storage.database import LOST, Database, DatabaseUnavailable

STANDBY_WAIT = timedelta(seconds=1)  # how soon another process takes over when the working one is gone
PING_DEADLINE = timedelta(seconds=5)


class Watch:
    """Alive, and with a lock ours, as long as `check` does not raise.

    Notices are hints: callers also look after `wait` times out.
    """

    def __init__(self, connection: "Connection[Record]") -> None:
        self._connection = connection
        self._notice = asyncio.Event()
        connection.add_termination_listener(lambda _: self._notice.set())

    async def listen(self, channel: str) -> None:
        """Hear notices on `channel`."""
        await self._connection.add_listener(channel, lambda *_: self._notice.set())

    def check(self) -> None:
        """Raise DatabaseUnavailable when the connection, and with it a lock, is gone."""
        if self._connection.is_closed():
            raise DatabaseUnavailable()

    async def wait(self, at_most: timedelta) -> None:
        """Return after a notice, which may have come since the last wait, or after `at_most`.

        Raises DatabaseUnavailable when the connection is gone.
        """
        try:
            async with asyncio.timeout(at_most.total_seconds()):
                await self._notice.wait()
        except TimeoutError:
            # A silent connection may be dead without anybody having said so.
            await self._connection.execute("SELECT 1", timeout=PING_DEADLINE.total_seconds())
        self._notice.clear()
        self.check()


@asynccontextmanager
async def sole_watch(database: Database, *, lock: str, channel: str) -> AsyncIterator[Watch]:
    """Wait until `lock` is ours, then yield a watch on `channel`; the lock ends with the block or the connection.

    Raises DatabaseUnavailable when the connection is lost, before or within the block.
    """
    async with _watched(await _connection_with_lock(database, lock), channel) as ours:
        yield ours


@asynccontextmanager
async def watch(database: Database, channel: str) -> AsyncIterator[Watch]:
    """Yield a watch on `channel` beside everybody else's.

    Raises DatabaseUnavailable when the connection is lost, before or within the block.
    """
    async with _watched(await database.listen_connection(), channel) as heard:
        yield heard


@asynccontextmanager
async def _watched(connection: "Connection[Record]", channel: str) -> AsyncIterator[Watch]:
    try:
        heard = Watch(connection)
        await heard.listen(channel)
        yield heard
    except (*LOST, asyncpg.InterfaceError) as lost:
        if isinstance(lost, asyncpg.InterfaceError) and not connection.is_closed():
            raise
        raise DatabaseUnavailable() from lost
    finally:
        connection.terminate()


async def _connection_with_lock(database: Database, lock: str) -> "Connection[Record]":
    # A standby asks now and then on a connection that it gives back: waiting inside PostgreSQL would cost
    # each standby a connection and hold back vacuum.
    while True:
        connection = await database.listen_connection()
        is_ours = False
        try:
            question = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
            is_ours = await connection.fetchval(question, lock, timeout=PING_DEADLINE.total_seconds())
            if is_ours:
                return connection
        except (*LOST, asyncpg.InterfaceError) as lost:
            raise DatabaseUnavailable() from lost
        finally:
            if not is_ours:
                connection.terminate()
        await asyncio.sleep(STANDBY_WAIT.total_seconds())

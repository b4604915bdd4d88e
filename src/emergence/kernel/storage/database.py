"""A service's PostgreSQL: one pool, explicit short transactions, and no neighbour called inside one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import timedelta

import asyncpg
import structlog
from asyncpg import Record
from asyncpg.pool import PoolConnectionProxy

from emergence.kernel.errors import Unavailable

log = structlog.get_logger(__name__)

Transaction = PoolConnectionProxy[Record]

STATEMENT_DEADLINE = timedelta(seconds=15)
LOST_CONNECTION = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    ConnectionError,
    OSError,
    TimeoutError,
)

_open_in: ContextVar[str | None] = ContextVar("open_transaction", default=None)


def open_transaction() -> str | None:
    """Return the schema whose transaction is open in this task, or None.

    Transports ask this before they leave the process: a slow neighbour must not hold locks.
    """
    return _open_in.get()


class DatabaseUnavailable(Unavailable):
    """PostgreSQL does not answer; the request was not carried out, or its outcome is unknown."""

    code = "database_unavailable"
    sentence = "The database does not answer right now. Nothing was lost; try again in a moment."


class Database:
    """The pool of one service on one schema; safe for concurrent use within one event loop.

    The pool is opened on first use and connects lazily, so that a service starts (and says that
    it is not ready) while PostgreSQL is still away.
    """

    def __init__(self, url: str, schema: str, *, pool_size: int = 8) -> None:
        self.url = url
        self.schema = schema
        self._pool_size = pool_size
        self._pool: asyncpg.Pool[Record] | None = None
        self._opening = asyncio.Lock()

    async def pool(self) -> "asyncpg.Pool[Record]":
        """Return the open pool. Raises DatabaseUnavailable."""
        if self._pool is None:
            async with self._opening:
                if self._pool is None:
                    self._pool = await self._open_pool()
        return self._pool

    async def _open_pool(self) -> "asyncpg.Pool[Record]":
        pool = asyncpg.create_pool(
            self.url,
            min_size=0,
            max_size=self._pool_size,
            command_timeout=STATEMENT_DEADLINE.total_seconds(),
            timeout=5,
            max_inactive_connection_lifetime=300,
            server_settings={
                "application_name": f"emergence-{self.schema}",
                "search_path": self.schema,
                "idle_in_transaction_session_timeout": "30s",
                "timezone": "UTC",
            },
        )
        try:
            return await pool
        except LOST_CONNECTION as lost:
            raise DatabaseUnavailable() from lost

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Transaction]:
        """Lend a connection for single statements, each its own transaction. Raises DatabaseUnavailable."""
        pool = await self.pool()
        try:
            async with pool.acquire(timeout=5) as connection:
                yield connection
        except LOST_CONNECTION as lost:
            log.warning("database_lost", schema=self.schema, reason=type(lost).__name__)
            raise DatabaseUnavailable() from lost

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction: committed when the block ends, rolled back when it raises.

        Raises DatabaseUnavailable when the connection is lost, RuntimeError when this task
        already has one open: transactions here are short and never nest.
        """
        if _open_in.get() is not None:
            raise RuntimeError(f"a transaction on {_open_in.get()!r} is already open in this task")
        async with self.connection() as connection:
            token = _open_in.set(self.schema)
            try:
                async with connection.transaction():
                    yield connection
            finally:
                _open_in.reset(token)

    async def fetch(self, query: str, *arguments: object) -> Sequence[Record]:
        """Run one statement and return its rows."""
        async with self.connection() as connection:
            rows: list[Record] = await connection.fetch(query, *arguments)
            return rows

    async def fetchrow(self, query: str, *arguments: object) -> Record | None:
        """Run one statement and return its first row."""
        async with self.connection() as connection:
            return await connection.fetchrow(query, *arguments)

    async def execute(self, query: str, *arguments: object) -> str:
        """Run one statement and return its command tag."""
        async with self.connection() as connection:
            return await connection.execute(query, *arguments)

    async def is_reachable(self) -> bool:
        """Return whether PostgreSQL answers within a second."""
        try:
            async with asyncio.timeout(1):
                await self.fetchrow("SELECT 1")
        except (DatabaseUnavailable, TimeoutError):
            return False
        return True

    async def listen_connection(self) -> "asyncpg.Connection[Record]":
        """Return a connection of its own for LISTEN; the caller closes it. Raises DatabaseUnavailable."""
        try:
            return await asyncpg.connect(self.url, timeout=5)
        except LOST_CONNECTION as lost:
            raise DatabaseUnavailable() from lost

    async def close(self) -> None:
        """Return every connection; waits for running statements at most five seconds."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            try:
                async with asyncio.timeout(5):
                    await pool.close()
            except TimeoutError:
                pool.terminate()

"""A service's PostgreSQL: one pool, explicit short transactions, and no neighbour called inside one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias

import asyncpg
import structlog
from asyncpg import Record
from asyncpg.pool import PoolConnectionProxy

from emergence.kernel.errors import Unavailable

log = structlog.get_logger(__name__)

if TYPE_CHECKING:
    Transaction: TypeAlias = PoolConnectionProxy[Record]
else:  # only the stubs know that it is generic
    Transaction = PoolConnectionProxy

STATEMENT_DEADLINE = timedelta(seconds=15)
CONNECT_DEADLINE = timedelta(seconds=5)
SAY_AGAIN_AFTER = timedelta(minutes=1)  # an outage is one line now and then, not one for each request

# Without these a vanished client (a lost host, not a closed socket) would keep its locks for two hours.
_KEEPALIVES = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}

LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InternalClientError,  # "cannot switch to state …": the server's last words came between two statements
    ConnectionError,
    TimeoutError,
)
_NOT_CONNECTED = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)


@dataclass(slots=True)
class _OpenTransaction:
    """Shared with tasks that were started inside, so that they stop being bound by it when it ends."""

    schema: str
    is_open: bool = True


_open_in: ContextVar[_OpenTransaction | None] = ContextVar("open_transaction", default=None)


def open_transaction() -> str | None:
    """Return the schema whose transaction is open in this task, or None.

    Transports ask this before they leave the process: a slow neighbour must not hold locks.
    """
    current = _open_in.get()
    return current.schema if current is not None and current.is_open else None


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
        self._said_at_s: float | None = None

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
            timeout=CONNECT_DEADLINE.total_seconds(),
            max_inactive_connection_lifetime=300,
            reset=_keep_as_it_is,
            server_settings={
                "application_name": f"emergence-{self.schema}",
                "search_path": self.schema,
                "idle_in_transaction_session_timeout": "30s",
                "timezone": "UTC",
                **_KEEPALIVES,
            },
        )
        try:
            return await pool
        except _NOT_CONNECTED as refused:
            raise self._unavailable(refused) from refused

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Transaction]:
        """Lend a connection for single statements, each its own transaction.

        Raises DatabaseUnavailable; RuntimeError inside a transaction of this task, which must be
        used instead (a second connection would not see its writes, and could exhaust the pool).
        """
        if (schema := open_transaction()) is not None:
            raise RuntimeError(f"a transaction on {schema!r} is already open in this task: use it")
        async with self._lent_connection() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction: committed when the block ends, rolled back when it raises.

        Raises DatabaseUnavailable when the connection is lost (the outcome of a commit is then
        unknown), RuntimeError when this task already has one open: transactions here are short
        and never nest.
        """
        async with self.connection() as connection:
            current = _OpenTransaction(self.schema)
            token = _open_in.set(current)
            cancelled: asyncio.CancelledError | None = None
            try:
                async with connection.transaction():
                    try:
                        yield connection
                    except asyncio.CancelledError as stop:
                        cancelled = stop
                        raise
            except _NOT_CONNECTED:
                if cancelled is None:
                    raise
                # No rollback reached the server, which rolls back when the connection ends: the task still stops.
                raise cancelled from None
            finally:
                current.is_open = False
                _open_in.reset(token)

    @asynccontextmanager
    async def _lent_connection(self) -> AsyncIterator[Transaction]:
        pool = await self.pool()
        try:
            connection = await pool.acquire(timeout=CONNECT_DEADLINE.total_seconds())
        except _NOT_CONNECTED as refused:
            raise self._unavailable(refused) from refused
        is_closed = False
        try:
            try:
                yield connection
            finally:
                is_closed = _is_closed(connection)
                await self._give_back(pool, connection)
        except LOST as lost:
            raise self._unavailable(lost) from lost
        except asyncpg.DeadlockDetectedError as chosen:  # rolled back so that another could go on
            log.warning("deadlock_ended", schema=self.schema)
            raise DatabaseUnavailable() from chosen
        except asyncpg.InterfaceError as misuse:
            # asyncpg says "connection is closed" with the class it uses for programming errors.
            if isinstance(misuse, asyncpg.DataError) or not is_closed:
                raise
            raise self._unavailable(misuse) from misuse

    async def _give_back(self, pool: "asyncpg.Pool[Record]", connection: Transaction) -> None:
        try:
            await pool.release(connection)
        except _NOT_CONNECTED as lost:
            # The pool has ended it. What the block did stands: a commit before the loss was a commit.
            log.debug("connection_discarded", schema=self.schema, reason=type(lost).__name__)

    def _unavailable(self, reason: BaseException) -> DatabaseUnavailable:
        if self._said_at_s is None or monotonic() - self._said_at_s > SAY_AGAIN_AFTER.total_seconds():
            self._said_at_s = monotonic()
            code = getattr(reason, "sqlstate", None)
            log.warning("database_unavailable", schema=self.schema, reason=type(reason).__name__, sqlstate=code)
        return DatabaseUnavailable()

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

    async def is_reachable(self, within: timedelta = timedelta(seconds=1)) -> bool:
        """Return whether PostgreSQL answers in time; a refused connection says so at once."""
        try:
            async with asyncio.timeout(within.total_seconds()):
                await self.fetchrow("SELECT 1")
        except (DatabaseUnavailable, TimeoutError):
            return False
        return True

    async def listen_connection(self) -> "asyncpg.Connection[Record]":
        """Return a connection outside the pool, for LISTEN and session locks; the caller closes it.

        It has no statement deadline and the server's own search path. Raises DatabaseUnavailable.
        """
        settings = {"application_name": f"emergence-{self.schema}-listen", "timezone": "UTC", **_KEEPALIVES}
        try:
            return await asyncpg.connect(self.url, timeout=CONNECT_DEADLINE.total_seconds(), server_settings=settings)
        except _NOT_CONNECTED as refused:
            raise self._unavailable(refused) from refused

    async def close(self) -> None:
        """Return every connection; waits for running statements at most five seconds."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            try:
                async with asyncio.timeout(5):
                    await pool.close()
            except TimeoutError:
                pool.terminate()


async def _keep_as_it_is(_: "asyncpg.Connection[Record]") -> None:
    """Leave a returned connection alone; asyncpg has rolled back what was open.

    Its default asks the server to undo session settings, one more round trip before each answer.
    Nothing here makes any: settings and locks end with their transaction, LISTEN has connections of its own.
    """


def _is_closed(connection: Transaction) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # a dead connection is taken away from its borrower
        return True

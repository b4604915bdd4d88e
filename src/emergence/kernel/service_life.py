"""A service from start to stop: its schema, what else it prepares, its background loops; shut until it is up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from emergence.kernel.clock import Clock
from emergence.kernel.events.keep_running import keep_running
from emergence.kernel.health import Dependency
from emergence.kernel.problems import problem_response
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.storage.database import Database, DatabaseUnavailable
from emergence.kernel.storage.migrate import MigrationRefused, migrate_when_reachable

log = structlog.get_logger(__name__)

Loop = Callable[[], Awaitable[None]]

ANSWER_AT_START = timedelta(seconds=2)  # a database that is slower than this is waited for in the background
PATIENCE_AT_START = timedelta(seconds=30)
ALWAYS_OPEN = frozenset({"/api/health", "/api/ready", "/metrics"})
TRY_LATER = 1013  # WebSocket close code, RFC 6455 registry


async def _nothing() -> None:
    """Be the preparation of a service that needs only its schema."""


class ServiceLife:
    """Owns a service's database and background work.

    `migrations` is the package with its numbered files. `prepare` runs after them, and again when
    the database went away meanwhile; it may raise SettingsInvalid.
    """

    def __init__(
        self, database: Database, migrations: str, clock: Clock, prepare: Callable[[], Awaitable[None]] = _nothing
    ) -> None:
        self._database = database
        self._migrations = migrations
        self._clock = clock
        self._prepare = prepare
        self._up = asyncio.Event()

    def dependencies(self) -> list[Dependency]:
        """Return what /api/ready asks: PostgreSQL answers, and the schema is there."""
        return [Dependency("postgresql", self._database.is_reachable), Dependency("schema", self.is_up)]

    async def is_up(self) -> bool:
        """Return whether requests can be served."""
        return self._up.is_set()

    @asynccontextmanager
    async def running(self, loops: Sequence[Loop] = ()) -> AsyncIterator[None]:
        """Run background work for as long as the block lasts, then close the database.

        A database that is away does not stop the start: it is tried again until it answers.
        Raises MigrationRefused or SettingsInvalid when schema, settings and program contradict
        each other.
        """
        tasks = [starting := asyncio.create_task(self._start())]
        try:
            if await self._database.is_reachable(within=ANSWER_AT_START):
                await asyncio.wait({starting}, timeout=PATIENCE_AT_START.total_seconds())
            if starting.done():
                starting.result()
            tasks.append(asyncio.create_task(self._work(starting, loops)))
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._database.close()

    async def _start(self) -> None:
        while not self._up.is_set():
            await migrate_when_reachable(self._database, self._migrations, self._clock)
            try:
                await self._prepare()
            except DatabaseUnavailable:
                continue
            self._up.set()

    async def _work(self, starting: asyncio.Task[None], loops: Sequence[Loop]) -> None:
        try:
            await starting
        except (MigrationRefused, SettingsInvalid) as refused:
            log.critical("start_failed", reason=str(refused))  # stays not ready: nothing mends this but a restart
            return
        async with asyncio.TaskGroup() as owned:
            for loop in loops:
                owned.create_task(keep_running(loop.__qualname__, loop))


class ShutUntilUp:
    """ASGI middleware: while the service is not up, only health, readiness and figures are answered."""

    def __init__(self, app: ASGIApp, life: ServiceLife) -> None:
        self.app = app
        self._life = life

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] in ALWAYS_OPEN or await self._life.is_up():
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": TRY_LATER, "reason": ""})
        else:
            await problem_response(DatabaseUnavailable())(scope, receive, send)

"""The databases of a test run: one server for each worker, and in it databases that are copies of a prepared one."""

import asyncio
import os
import signal
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from emergence.kernel.events.bus.postgres import MIGRATIONS as BUS_MIGRATIONS
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.migrate import EVENTS_PACKAGE, apply_packages

Answer = TypeVar("Answer")

PATIENCE_S = 120
BUS = "bus"
EMPTY = "template1"
ME = "current_user::regrole::oid"

# A crash of the machine may take these databases along; a crash of the server alone loses nothing.
FORGETFUL = "\nfsync = off\nfull_page_writes = off\n"


class EngineLoop:
    """An event loop in its own thread: the engine's supervisor must outlive the loop of any one test."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="engine", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[object, object, Answer]) -> Answer:
        """Run `work` there and wait for its answer."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()


class Databases:
    """Makes and drops databases of one server."""

    def __init__(self, server_url: str, loop: EngineLoop) -> None:
        self._server_url = server_url
        self._loop = loop
        self._prepared: dict[tuple[str, ...], str] = {}

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return urlsplit(self._server_url)._replace(path=f"/{name}").geturl()

    def make(self, *services: str, prefix: str = "test") -> str:
        """Make a database that nobody else has and return its name; with the schemas of services, or empty."""
        name = f"{prefix}_{uuid4().hex}"
        self._loop.run(self._create(name, services))
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still in it."""
        # Not WITH (FORCE): it fails where the server's own vacuum is at work, which a plain DROP ends.
        ours = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND usesysid = {ME}"
        self._loop.run(administer(self._server_url, ours, f"DROP DATABASE {name}"))

    async def _create(self, name: str, services: tuple[str, ...]) -> None:
        template = await self._template(services) if services else EMPTY
        await administer(self._server_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")

    async def _template(self, services: tuple[str, ...]) -> str:
        """Return a database that holds what these services and the bus between them find after their migrations."""
        if services not in self._prepared:
            name = f"template_{'_'.join(services)}"
            await administer(self._server_url, f"CREATE DATABASE {name}")
            await _migrate(self.url(name), BUS, BUS_MIGRATIONS)
            for service in services:
                await _migrate(self.url(name), service, EVENTS_PACKAGE, f"emergence.{service}.migrations")
            self._prepared[services] = name
        return self._prepared[services]


async def _migrate(url: str, schema: str, *packages: str) -> None:
    database = Database(url, schema, pool_size=1)
    try:
        await apply_packages(database, packages)
    finally:
        await database.close()


async def administer(url: str, *statements: str) -> None:
    """Run statements on a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def make_forgetful(folder: Path, pid: int) -> None:
    """Let the server in `folder`, which runs, no longer wait for the disk: half of a test's time was that."""
    with (folder / "data" / "postgresql.conf").open("a") as settings:
        settings.write(FORGETFUL)
    os.kill(pid, signal.SIGHUP)

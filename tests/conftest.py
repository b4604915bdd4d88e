"""What every test may ask for: a real PostgreSQL, a fresh database in it, and a free port."""

import asyncio
import socket
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres
from tests.nats_server import NatsServer

Answer = TypeVar("Answer")

PATIENCE_S = 120
ME = "current_user::regrole::oid"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let `xdist_group` work: xdist 3.8 writes groups where pytest 9.2 no longer reads an item's name."""
    for item in items:
        grouped = vars(item).get("_nodeid")
        if grouped is not None and grouped != item.nodeid:
            item._id = type(item.id).parse(grouped)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


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


@pytest.fixture(scope="session")
def engine_loop() -> Iterator[EngineLoop]:
    with closing(EngineLoop()) as loop:
        yield loop


@pytest.fixture(scope="session")
def postgres_url(engine_loop: EngineLoop) -> Iterator[str]:
    """The address of this worker's own PostgreSQL server, made as `emergence up` makes it."""
    with tempfile.TemporaryDirectory(prefix="emergence-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # as root the server runs under another account, which must pass through
        engine = EmbeddedPostgres(Path(folder) / "postgres")
        running = engine_loop.run(engine.__aenter__())
        try:
            yield running.url
        finally:
            engine_loop.run(engine.__aexit__(None, None, None))


@pytest.fixture
def database_url(postgres_url: str, engine_loop: EngineLoop) -> Iterator[str]:
    """The address of an empty database of this test's own."""
    with own_database(postgres_url, engine_loop) as url:
        yield url


@contextmanager
def own_database(postgres_url: str, engine_loop: EngineLoop, template: str = "template1") -> Iterator[str]:
    """Make a database, empty or like another one that nobody is connected to, and drop it at the end."""
    name = f"test_{uuid4().hex}"
    engine_loop.run(administer(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        yield urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
    finally:
        # Not WITH (FORCE): it fails where the server's own vacuum is at work, which a plain DROP ends.
        ours = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND usesysid = {ME}"
        engine_loop.run(administer(postgres_url, ours, f"DROP DATABASE {name}"))


async def administer(url: str, *statements: str) -> None:
    """Run statements on a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def nats_server() -> Iterator[NatsServer]:
    """This worker's own NATS server; each test has its own names there."""
    with tempfile.TemporaryDirectory(prefix="emergence-nats-", ignore_cleanup_errors=True) as folder:
        server = NatsServer(Path(folder), _free_port())
        server.start()
        try:
            yield server
        finally:
            server.end()


@pytest.fixture
def nats_url(nats_server: NatsServer) -> str:
    """The address of a bus of this test's own."""
    return f"{nats_server.url}/test-{uuid4().hex}"


@pytest.fixture
def free_port() -> int:
    """A loopback port that nobody listened on a moment ago."""
    return _free_port()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

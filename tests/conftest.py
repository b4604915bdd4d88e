"""What every test may ask for: a real PostgreSQL, a fresh database in it, and a free port."""

import asyncio
import socket
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import asyncpg
import pytest

from tests.throwaway_postgres import throwaway_postgres

Answer = TypeVar("Answer")


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
        pending: Future[Answer] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return pending.result(timeout=60)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()


@pytest.fixture(scope="session")
def engine_loop() -> Iterator[EngineLoop]:
    with closing(EngineLoop()) as loop:
        yield loop


@pytest.fixture(scope="session")
def postgres_url(engine_loop: EngineLoop) -> Iterator[str]:
    """The address of this worker's own PostgreSQL server, as its superuser."""
    with tempfile.TemporaryDirectory(prefix="emergence-test-", ignore_cleanup_errors=True) as folder:
        server = throwaway_postgres(Path(folder))
        url = engine_loop.run(server.__aenter__())
        try:
            yield url
        finally:
            engine_loop.run(server.__aexit__(None, None, None))


@pytest.fixture
def database_url(postgres_url: str, engine_loop: EngineLoop) -> Iterator[str]:
    """The address of an empty database of this test's own."""
    with fresh_database(postgres_url, engine_loop) as url:
        yield url


@contextmanager
def fresh_database(postgres_url: str, engine_loop: EngineLoop) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    engine_loop.run(administer(postgres_url, f"CREATE DATABASE {name}"))
    try:
        yield postgres_url.rpartition("/")[0] + f"/{name}"
    finally:
        engine_loop.run(administer(postgres_url, f"DROP DATABASE {name} WITH (FORCE)"))


async def administer(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

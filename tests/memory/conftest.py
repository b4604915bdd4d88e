"""A running memory service beside a session service, and people who use them."""

from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from emergence.memory.parts import Memory
from tests.conftest import EngineLoop, administer
from tests.memory.kept_rows import kept_memory
from tests.memory.served_memory import ServedMemory, memory_environ, served_memory
from tests.session.neighbours import Person


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[ServedMemory]:
    async with served_memory(memory_environ(database_url)) as running:
        yield running


@pytest.fixture
def ada() -> Person:
    return Person()


@pytest.fixture
def bob() -> Person:
    return Person()


@pytest.fixture(scope="module")
def rows_url(postgres_url: str, engine_loop: EngineLoop) -> Iterator[str]:
    """A database that the tests of a module share: each is about people of its own."""
    name = f"rows_{uuid4().hex}"
    engine_loop.run(administer(postgres_url, f"CREATE DATABASE {name}"))
    yield urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
    engine_loop.run(administer(postgres_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def memory(rows_url: str) -> AsyncIterator[Memory]:
    """Memory's parts, without a server, on a database that is shared."""
    async with kept_memory(rows_url) as parts:
        yield parts

"""A running memory service beside a session service, and people who use them."""

from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import pytest

from emergence.memory.parts import Memory
from tests.conftest import EngineLoop, own_database
from tests.memory.kept_rows import kept_memory
from tests.memory.served_memory import ServedMemory, memory_environ, served_memory
from tests.session.neighbours import Person


@pytest.fixture(scope="session")
def migrated(postgres_url: str, engine_loop: EngineLoop) -> Iterator[str]:
    """The name of a database whose schemas are as memory and session want them: hundreds of tables take a while."""
    with own_database(postgres_url, engine_loop) as url:
        engine_loop.run(_migrate(url))
        yield urlsplit(url).path[1:]


async def _migrate(url: str) -> None:
    async with served_memory(memory_environ(url)):
        pass


@pytest.fixture
def database_url(postgres_url: str, engine_loop: EngineLoop, migrated: str) -> Iterator[str]:
    """The address of a database of this test's own, without anybody in it."""
    with own_database(postgres_url, engine_loop, migrated) as url:
        yield url


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
def rows_url(postgres_url: str, engine_loop: EngineLoop, migrated: str) -> Iterator[str]:
    """A database that the tests of a module share: each is about people of its own."""
    with own_database(postgres_url, engine_loop, migrated) as url:
        yield url


@pytest.fixture
async def memory(rows_url: str) -> AsyncIterator[Memory]:
    """Memory's parts, without a server, on a database that is shared."""
    async with kept_memory(rows_url) as parts:
        yield parts

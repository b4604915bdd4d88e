"""A running memory service beside a session service, and people who use them."""

from collections.abc import AsyncIterator, Iterator

import pytest

from emergence.memory.parts import Memory
from tests.databases import Databases
from tests.memory.kept_rows import kept_memory
from tests.memory.served_memory import ServedMemory, memory_environ, served_memory
from tests.session.neighbours import Person


@pytest.fixture
def services() -> tuple[str, ...]:
    return ("session", "memory")


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
def rows_url(databases: Databases) -> Iterator[str]:
    """A database that the tests of a module share: each is about people of its own."""
    name = databases.make("session", "memory")
    yield databases.url(name)
    databases.drop(name)


@pytest.fixture
async def memory(rows_url: str) -> AsyncIterator[Memory]:
    """Memory's parts, without a server, on a database that is shared."""
    async with kept_memory(rows_url) as parts:
        yield parts

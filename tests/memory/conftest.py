"""A running memory service beside a session service, and people who use them."""

from collections.abc import AsyncIterator

import pytest

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

"""A running session service on a database of its own, and people who use it."""

from collections.abc import AsyncIterator

import pytest

from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[ServedSession]:
    async with served_session(session_environ(database_url)) as running:
        yield running


@pytest.fixture
def ada() -> Person:
    return Person()


@pytest.fixture
def bob() -> Person:
    return Person()

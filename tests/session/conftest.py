"""A running session service on a database of its own, and people who use it."""

from collections.abc import AsyncIterator

import pytest

from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ


@pytest.fixture
def services() -> tuple[str, ...]:
    return ("session",)


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


@pytest.fixture(params=["postgres", "nats"])
def bus_environ(request: pytest.FixtureRequest) -> dict[str, str]:
    """Each kind of bus in turn."""
    if request.param == "postgres":
        return {}
    return {"EMERGENCE_BUS": "nats", "EMERGENCE_BUS_URL": request.getfixturevalue("nats_url")}

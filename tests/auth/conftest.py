"""A running auth service with a frozen clock, on a database of its own."""

from collections.abc import AsyncIterator

import pytest

from tests.auth.looking import Look, looking
from tests.auth.mailbox import Posted, posted_auth
from tests.auth.served_auth import ServedAuth, auth_environ, served_auth


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[ServedAuth]:
    async with served_auth(auth_environ(database_url)) as served:
        yield served


@pytest.fixture
async def look(served: ServedAuth) -> Look:
    """Ada, who looks at Eve's account."""
    return await looking(served)


@pytest.fixture
async def posted(database_url: str) -> AsyncIterator[Posted]:
    async with posted_auth(database_url) as posted:
        yield posted

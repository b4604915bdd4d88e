"""A running auth service with a frozen clock, on a database of its own; and one beside an OpenID provider."""

from collections.abc import AsyncIterator

import pytest

from tests.auth.looking import Look, looking
from tests.auth.mailbox import Posted, posted_auth, quicken_post
from tests.auth.open_id_provider import OpenIdProvider, open_id_provider
from tests.auth.served_auth import ServedAuth, auth_environ, served_auth
from tests.auth.served_with_providers import provider_settings, served_with
from tests.auth.timing import shorten_hashes
from tests.frozen_clock import FrozenClock


@pytest.fixture
def services() -> tuple[str, ...]:
    return ("auth",)


@pytest.fixture(autouse=True)
def hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short ones, for whole ones are two fifths of these tests' time. A file that is about hashes has this anew."""
    shorten_hashes(monkeypatch)


@pytest.fixture(autouse=True)
def post(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for letters every 40 ms, not every half second. A file that measures how long answers take has this anew."""
    quicken_post(monkeypatch)


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


@pytest.fixture
async def acme() -> AsyncIterator[OpenIdProvider]:
    async with open_id_provider(FrozenClock()) as provider:
        yield provider


@pytest.fixture
async def beside_acme(database_url: str, acme: OpenIdProvider) -> AsyncIterator[ServedAuth]:
    """A service where everybody may join who proves an address, and that trusts this provider for it."""
    async with served_with(database_url, [provider_settings(acme.issuer)], acme.clock, AUTH_SIGNUP="open") as served:
        yield served

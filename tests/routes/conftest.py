"""One running product for all generated checks; every test makes its own people in it."""

from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.databases import EngineLoop, administer
from tests.routes.neighbours import neighbours
from tests.routes.world import OWNER_CREDENTIAL, World, running_world, world_environ
from tests.scripted_models.openai_server import OpenAIServer

NewDatabase = Callable[[], str]


@pytest.fixture(scope="session")
def new_database(postgres_url: str, engine_loop: EngineLoop) -> NewDatabase:
    """Make databases that live as long as the worker's server."""

    def make() -> str:
        name = f"world_{uuid4().hex}"
        engine_loop.run(administer(postgres_url, f"CREATE DATABASE {name}"))
        return urlsplit(postgres_url)._replace(path=f"/{name}").geturl()

    return make


@pytest.fixture(scope="module")
async def fuzzed(new_database: NewDatabase) -> AsyncIterator[World]:
    """A product of its own for the fuzzer: after its guesses nobody from this address may sign in for a while."""
    # It must hear 401 where it says nothing of itself, and asks more than sixty times a minute.
    more = {"SESSION_SHARED_READS_PER_MINUTE": "100000"}
    async with (
        OpenAIServer() as models,
        running_world(world_environ(new_database(), models.base_url, **more)) as running,
    ):
        yield running


@pytest.fixture(scope="session")
async def world(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    credential = tmp_path_factory.mktemp("owner") / "credential"
    credential.write_text(OWNER_CREDENTIAL)
    credential.chmod(0o600)
    more = {"AUTH_OWNER_CREDENTIAL_FILE": str(credential)}
    async with (
        neighbours() as around,
        running_world(world_environ(new_database(), around.models_url, **more), around=around) as running,
    ):
        yield running

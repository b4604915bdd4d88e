"""One running product for all generated checks; every test makes its own people in it."""

from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.conftest import EngineLoop, administer
from tests.routes.world import OWNER_CREDENTIAL, World, running_world, world_environ
from tests.scripted_models.openai_server import OpenAIServer


@pytest.fixture(scope="session")
def world_database(postgres_url: str, engine_loop: EngineLoop) -> Iterator[str]:
    """A database that lives as long as the worker's server."""
    name = f"world_{uuid4().hex}"
    engine_loop.run(administer(postgres_url, f"CREATE DATABASE {name}"))
    yield urlsplit(postgres_url)._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
async def world(world_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    credential = tmp_path_factory.mktemp("owner") / "credential"
    credential.write_text(OWNER_CREDENTIAL)
    credential.chmod(0o600)
    more = {"AUTH_OWNER_CREDENTIAL_FILE": str(credential)}
    async with (
        OpenAIServer() as models,
        running_world(world_environ(world_database, models.base_url, **more)) as running,
    ):
        yield running

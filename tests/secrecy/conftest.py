"""The scenario, lived once for all the looks at what it left behind."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.databases import EngineLoop, administer
from tests.routes.neighbours import neighbours
from tests.routes.rows import every_row
from tests.routes.world import OWNER_CREDENTIAL, world_environ
from tests.secrecy.scenario import METRICS_TOKEN, Traces, lived


@pytest.fixture(scope="session")
def secrecy_database(postgres_url: str, engine_loop: EngineLoop) -> str:
    """A database that lives as long as the worker's server."""
    name = f"secrecy_{uuid4().hex}"
    engine_loop.run(administer(postgres_url, f"CREATE DATABASE {name}"))
    return urlsplit(postgres_url)._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
async def traces(secrecy_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Traces]:
    credential = tmp_path_factory.mktemp("owner") / "credential"
    credential.write_text(OWNER_CREDENTIAL)
    credential.chmod(0o600)
    left = Traces()
    async with neighbours() as around:
        more = {"AUTH_OWNER_CREDENTIAL_FILE": str(credential), "LOG_LEVEL": "DEBUG", "METRICS_TOKEN": METRICS_TOKEN}
        async with lived(world_environ(secrecy_database, around.models_url, **more), left, around) as world:
            await world.settled()
            asking = {"authorization": f"Bearer {METRICS_TOKEN}"}
            left.figures = (await (await world.client()).get("/metrics", headers=asking)).text
            rows = await every_row(secrecy_database)
            left.database = "\n".join(f"{table} {line}" for table, lines in rows.items() for line in lines)
            left.personal = [person.mark for person in world.people]
    yield left

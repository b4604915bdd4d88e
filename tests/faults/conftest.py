"""One deployment of several processes for each kind of bus, whole again before every test."""

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.databases import EngineLoop
from tests.faults.cluster import Cluster, prepared_cluster
from tests.faults.device import Person
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Script


@pytest.fixture(scope="session")
def models(engine_loop: EngineLoop) -> Iterator[OpenAIServer]:
    """A model server in a thread of its own: it answers whatever a test waits for."""
    server = OpenAIServer()
    engine_loop.run(server.__aenter__())
    yield server
    engine_loop.run(server.__aexit__(None, None, None))


@pytest.fixture(scope="session")
async def cluster(
    request: pytest.FixtureRequest, models: OpenAIServer, engine_loop: EngineLoop
) -> AsyncIterator[Cluster]:
    """Three instances over one database; the parameter is the kind of bus."""
    with tempfile.TemporaryDirectory(prefix="emergence-faults-", ignore_cleanup_errors=True) as name:
        running = prepared_cluster(request.param, Path(name), models, engine_loop)
        try:
            await running.start()
            yield running
            await running.start()
            await running.end()
        finally:
            running.kill_all()
            if running.nats is not None:
                running.nats.end()
            running.database.stop()


@pytest.fixture(autouse=True)
async def whole(cluster: Cluster) -> AsyncIterator[None]:
    """Whatever a test did, the next one finds everything running and nothing prepared."""
    await cluster.start()
    cluster.models.script = Script()
    cluster.models.exchanges.clear()
    yield
    await cluster.start()


@pytest.fixture
def ada(cluster: Cluster) -> Person:
    return Person(cluster)


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[str, float], None]:
    """Note a figure; `pytest -rA -s` and the report of the run show it, nothing judges it."""

    def note(name: str, value_s: float) -> None:
        record_property(name, round(value_s, 3))
        print(f"\n{name}: {value_s:.2f} s")

    return note

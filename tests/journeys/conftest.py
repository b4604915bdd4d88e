"""Deployments for the journeys, and the scripted model that answers in them."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.databases import EngineLoop
from tests.journeys.deployment import DatabaseServer, Deployment, Shape, one_process, several_processes
from tests.journeys.visitor import Visitor
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Script


@pytest.fixture(scope="session")
def models(engine_loop: EngineLoop) -> Iterator[OpenAIServer]:
    """A model server in a thread of its own: it answers whatever a test waits for."""
    server = OpenAIServer()
    engine_loop.run(server.__aenter__())
    yield server
    engine_loop.run(server.__aexit__(None, None, None))


@pytest.fixture(autouse=True)
def forgotten_script(models: OpenAIServer) -> None:
    """Answers that one test prepared and did not use are not the next one's."""
    models.script = Script()


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """A folder that the unprivileged server account can enter, for all deployments."""
    folder = Path(tempfile.mkdtemp(prefix="emergence-journey-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def deployed(deployment: Deployment) -> AsyncIterator[Deployment]:
    """Run a deployment; at its end nothing may have died, and no log may hold a secret."""
    try:
        await deployment.start()
        yield deployment
        deployment.check_alive()
        assert set((await deployment.stop()).values()) == {0}
    finally:
        for program in deployment.programs.values():
            if program.process is not None and program.process.poll() is None:
                program.kill_tree()
    deployment.check_logs()


@pytest.fixture(
    scope="session",
    params=[pytest.param(shape, marks=pytest.mark.xdist_group(shape)) for shape in ("one", "split", "pairs")],
)
async def deployment(
    request: pytest.FixtureRequest, place: Path, models: OpenAIServer, engine_loop: EngineLoop
) -> AsyncIterator[Deployment]:
    """The product in one shape, for every journey through it."""
    shape: Shape = request.param
    folder = place / shape
    folder.mkdir(mode=0o711)
    if shape == "one":
        async with deployed(one_process(folder, models)) as running:
            yield running
        return
    server = DatabaseServer(folder / "postgres", engine_loop)
    url = server.start()
    try:
        async with deployed(several_processes(shape, folder, models, url)) as running:
            yield running
    finally:
        server.stop()


@pytest.fixture(scope="session")
async def ada(deployment: Deployment) -> AsyncIterator[Visitor]:
    """The administrator, who claimed the empty server."""
    async with Visitor(deployment, "ada@example.org") as visitor:
        assert (await visitor.get("/api/auth/setup"))["claimed"] is False
        await visitor.claim()
        assert (await visitor.get("/api/auth/setup"))["claimed"] is True
        yield visitor

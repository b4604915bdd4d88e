"""What every test may ask for: a real PostgreSQL, a fresh database in it, and a free port."""

import gc
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from emergence.kernel.storage.embedded.account import server_account
from emergence.kernel.storage.embedded.binaries import usable_binaries, wheel_binaries
from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres
from tests.database_place import database_place
from tests.databases import Databases, EngineLoop, make_forgetful
from tests.nats_server import NatsServer
from tests.pubsub_emulator import PubsubEmulator, emulator_program


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let `xdist_group` work: xdist 3.8 writes groups where pytest 9.2 no longer reads an item's name."""
    for item in items:
        grouped = vars(item).get("_nodeid")
        if grouped is not None and grouped != item.nodeid:
            item._id = type(item.id).parse(grouped)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what lives until the end: a fifth of the processor's time was that."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def engine_loop() -> Iterator[EngineLoop]:
    with closing(EngineLoop()) as loop:
        yield loop


@pytest.fixture(scope="session")
def postgres_url(engine_loop: EngineLoop) -> Iterator[str]:
    """The address of this worker's own PostgreSQL server, made as `emergence up` makes it."""
    with database_place() as folder, tempfile.TemporaryDirectory(prefix="emergence-programs-") as programs:
        Path(programs).chmod(0o711)  # as root the server runs under another account, which must pass through
        account = server_account(folder / "data")
        binaries = usable_binaries(wheel_binaries(), account, Path(programs))  # memory may forbid to run programs
        engine = EmbeddedPostgres(folder, binaries=binaries.folder)
        running = engine_loop.run(engine.__aenter__())
        try:
            make_forgetful(folder, running.pid)
            yield running.url
        finally:
            engine_loop.run(engine.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def databases(postgres_url: str, engine_loop: EngineLoop) -> Databases:
    return Databases(postgres_url, engine_loop)


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """The address of an empty database of this test's own."""
    name = databases.make()
    yield databases.url(name)
    databases.drop(name)


@pytest.fixture
def services() -> tuple[str, ...]:
    """Whose schemas a test finds in its database: a folder's conftest says it, where no test looks at migrations."""
    return ()


@pytest.fixture
def database_url(databases: Databases, services: tuple[str, ...]) -> Iterator[str]:
    """The address of a database of this test's own."""
    name = databases.make(*services)
    yield databases.url(name)
    databases.drop(name)


@pytest.fixture(scope="session")
def nats_server() -> Iterator[NatsServer]:
    """This worker's own NATS server; each test has its own names there."""
    with tempfile.TemporaryDirectory(prefix="emergence-nats-", ignore_cleanup_errors=True) as folder:
        server = NatsServer(Path(folder), _free_port())
        server.start()
        try:
            yield server
        finally:
            server.end()


@pytest.fixture
def nats_url(nats_server: NatsServer) -> str:
    """The address of a bus of this test's own."""
    return f"{nats_server.url}/test-{uuid4().hex}"


@pytest.fixture(scope="session")
def pubsub_emulator() -> Iterator[PubsubEmulator]:
    """This worker's own emulator of Pub/Sub; each test has its own names there."""
    program = emulator_program()
    if program is None:
        pytest.skip("the Pub/Sub emulator of the Google Cloud SDK, or Java, is not on this machine")
    with tempfile.TemporaryDirectory(prefix="emergence-pubsub-", ignore_cleanup_errors=True) as folder:
        emulator = PubsubEmulator(program, Path(folder), _free_port())
        emulator.start()
        try:
            yield emulator
        finally:
            emulator.end()


@pytest.fixture
def pubsub_url(pubsub_emulator: PubsubEmulator) -> str:
    """The address of a bus of this test's own, whose topic is there."""
    url = f"pubsub://test-project/test-{uuid4().hex}"
    pubsub_emulator.make_topic(url)
    return url


@pytest.fixture
def free_port() -> int:
    """A loopback port that nobody listened on a moment ago."""
    return _free_port()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

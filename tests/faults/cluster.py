"""Three instances of the session service beside auth and chat, each a process, over one database and one bus."""

import asyncio
import os
import secrets
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

import aiohttp
import asyncpg
import psutil  # type: ignore[import-untyped]

from tests.databases import EngineLoop
from tests.faults.faulty_line import FaultyLine, nats_messages, postgres_messages
from tests.journeys.deployment import (
    PROVIDER_KEY,
    QUICK_LEASES,
    DatabaseServer,
    free_ports,
    model_environ,
)
from tests.journeys.program import PATIENCE_S, Program, plain_environ
from tests.nats_server import NatsServer
from tests.scripted_models.openai_server import OpenAIServer

BusKind = Literal["postgres", "nats"]
INSTANCES = ("a", "b", "c")
FRONT = "auth+chat"
HEARTBEAT_S = 2
LIMITS = {
    "SESSION_HEARTBEAT_SECONDS": str(HEARTBEAT_S),
    "SESSION_COMMANDS_PER_MINUTE": "100000",
    "SESSION_RESUME_MAX_FRAMES": "30",  # so that who was away for long gets a snapshot, and others do not
    "DATABASE_POOL_SIZE": "4",
}


class Nats(Protocol):
    """What a test does to a NATS server."""

    def start(self) -> None: ...

    def end(self, number: signal.Signals = signal.SIGTERM) -> None: ...


@dataclass(repr=False)
class Cluster:
    """The running processes, and every fault that can be done to them."""

    folder: Path
    database: DatabaseServer
    database_url: str
    models: OpenAIServer
    programs: dict[str, Program]
    addresses: dict[str, str]
    bus: FaultyLine
    nats: Nats | None
    engines: EngineLoop
    stopping: set[str] = field(default_factory=set)

    @property
    def front(self) -> str:
        """Where auth is."""
        return self.addresses[FRONT]

    async def start(self) -> None:
        """Start what does not run, mend the bus, and wait until everything is ready."""
        self.mend_bus()
        self.bus.luck.share = 0
        for name in self.stopping:
            assert await self.programs[name].ended() == 0, name
        self.stopping.clear()
        for program in self.programs.values():
            if program.process is None or program.process.poll() is not None:
                program.start()
        for name in self.programs:
            await self.until_ready(name)

    async def until_ready(self, name: str) -> None:
        await self.programs[name].until(lambda: _is_ready(self.addresses[name]), "readiness")

    async def end(self) -> None:
        """Stop everything as an operator does, and look at what the logs say."""
        for program in self.programs.values():
            program.check_alive()
        for name in INSTANCES:
            self.programs[name].ask_to_stop()
        statuses = [await self.programs[name].ended() for name in INSTANCES]
        self.programs[FRONT].ask_to_stop()
        assert {*statuses, await self.programs[FRONT].ended()} == {0}
        for program in self.programs.values():
            said = program.said()
            place = said.find("Traceback (most recent call last)")
            assert place < 0, f"{program.name}:\n{said[max(0, place - 1_000) : place + 4_000]}"
            assert PROVIDER_KEY not in said

    def kill_all(self) -> None:
        """Leave nothing behind, whatever went wrong."""
        for program in self.programs.values():
            if program.process is not None and program.process.poll() is None:
                program.kill_tree()

    def running(self) -> list[str]:
        """Return the instances that have not been ended and are not about to."""
        alive = [name for name in INSTANCES if self.programs[name].running.poll() is None]
        return [name for name in alive if name not in self.stopping]

    def ask_to_stop(self, name: str) -> None:
        """SIGTERM one instance; it goes on draining."""
        self.programs[name].ask_to_stop()
        self.stopping.add(name)

    async def replace(self, name: str) -> None:
        """SIGTERM one instance, wait for its end, and start its successor, as a deployment does."""
        self.programs[name].ask_to_stop()
        assert await self.programs[name].ended() == 0
        self.programs[name].start()
        await self.until_ready(name)

    def cut_bus(self) -> None:
        """End every connection to the bus, and refuse new ones; a NATS server is killed."""
        if self.nats is not None:
            self.nats.end(signal.SIGKILL)
        self.engines.run(_called(self.bus.cut))

    def mend_bus(self) -> None:
        """Let the bus be there again. Idempotent."""
        if self.nats is not None and self.bus.is_cut:
            self.nats.start()
        self.engines.run(_called(self.bus.mend))

    async def end_database(self, number: signal.Signals) -> None:
        """SIGINT ends PostgreSQL as an orderly restart does, SIGKILL as a crash; its keeper starts a successor."""
        pid = int((self.folder / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])
        assert psutil.Process(pid).name() == "postgres"
        os.kill(pid, number)
        await self.until(lambda: _is_gone(pid), "the end of the database")
        await self.until(self.is_database_there, "the database's successor")

    async def until(self, is_so: Callable[[], Awaitable[bool]], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not await is_so():  # noqa: ASYNC110 - other processes do it
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{what} did not come") from None

    async def figure(self, name: str, figure: str) -> float:
        """Return what an instance's /metrics says."""
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"{self.addresses[name]}/metrics", timeout=aiohttp.ClientTimeout(total=15)) as reply,
        ):
            lines = (await reply.text()).splitlines()
        return next(float(line.rpartition(" ")[2]) for line in lines if line.partition(" ")[0] == figure)

    async def is_database_there(self) -> bool:
        """Return whether it answers now."""
        try:
            connection = await asyncpg.connect(self.database_url, timeout=2)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True


async def _is_ready(address: str) -> bool:
    deadline = aiohttp.ClientTimeout(total=5)
    try:
        async with aiohttp.ClientSession() as client, client.get(f"{address}/api/ready", timeout=deadline) as reply:
            return reply.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid)


async def _called(act: Callable[[], None]) -> None:
    act()


def prepared_cluster(kind: BusKind, folder: Path, models: OpenAIServer, engines: EngineLoop) -> Cluster:
    """Start the engines and the line to the bus; nothing of the product runs yet."""
    folder.chmod(0o711)  # as root the database runs under another account
    database = DatabaseServer(folder / "postgres", engines)
    url = database.start()
    nats = None
    if kind == "nats":
        (port,) = free_ports(1)
        nats = NatsServer(folder, port)
        nats.start()
        bus = FaultyLine(nats.url, nats_messages, 4222)
    else:
        bus = FaultyLine(url, postgres_messages, 5432)
    bus_port = engines.run(_listen(bus))
    names = (FRONT, *INSTANCES)
    addresses = dict(zip(names, (f"http://127.0.0.1:{port}" for port in free_ports(len(names))), strict=True))
    environ = {**_environ(url, models, addresses), **_bus_environ(kind, url, bus_port)}
    programs = {name: _program(name, addresses[name], environ, folder) for name in names}
    return Cluster(folder, database, url, models, programs, addresses, bus, nats, engines)


async def _listen(line: FaultyLine) -> int:
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    return port


def _environ(url: str, models: OpenAIServer, addresses: Mapping[str, str]) -> dict[str, str]:
    shared = ("EMERGENCE_SERVICE_SECRET", "AUTH_JWT_SECRET", "CHAT_KEY_SECRET")
    return plain_environ(
        DATABASE_URL=url,
        EMERGENCE_PUBLIC_URL=addresses[FRONT],
        EMERGENCE_ENV="development",
        AUTH_CLAIM="loopback",
        AUTH_ENV="dev",
        AUTH_DEV_LOGIN="true",
        AUTH_SERVICE_URL=addresses[FRONT],
        CHAT_SERVICE_URL=addresses[FRONT],
        SESSION_SERVICE_URL=addresses["a"],
        **{name: secrets.token_hex(32) for name in shared},
        **QUICK_LEASES,
        **LIMITS,
        **model_environ(models),
    )


def _bus_environ(kind: BusKind, url: str, port: int) -> dict[str, str]:
    if kind == "nats":
        return {"EMERGENCE_BUS": "nats", "EMERGENCE_BUS_URL": f"nats://127.0.0.1:{port}"}
    address = urlsplit(url)
    user = address.netloc.rpartition("@")[0]
    return {"EMERGENCE_BUS_URL": address._replace(netloc=f"{user}@127.0.0.1:{port}").geturl()}


def _program(name: str, address: str, environ: Mapping[str, str], folder: Path) -> Program:
    services = ["auth", "chat"] if name == FRONT else ["session"]
    words = ["serve", *services, "--port", address.rpartition(":")[2]]
    return Program(name, words, environ, folder / f"{name}.log")

"""The product as real processes on loopback, in every shape it can be deployed in."""

import asyncio
import json
import os
import secrets
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import aiohttp
import psutil  # type: ignore[import-untyped]

from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres
from tests.databases import EngineLoop
from tests.journeys.program import DRAIN_LIMIT_S, PATIENCE_S, Program, kill_together, plain_environ
from tests.scripted_models.openai_server import OpenAIServer

Shape = Literal["one", "split", "pairs"]
PARTITIONS: Mapping[Shape, tuple[tuple[str, ...], ...]] = {
    "one": (("auth", "chat", "memory", "session", "gateway"),),
    "split": (("auth",), ("chat",), ("memory",), ("session",), ("gateway",)),
    "pairs": (("chat", "session"), ("auth", "memory", "gateway")),
}
PROVIDER_KEY = "sk-scripted-7f3d1c5b9a8e2046"
QUICK_LEASES = {"SESSION_RUN_LEASE_SECONDS": "4", "SESSION_SWEEP_INTERVAL_SECONDS": "0.5"}


def free_ports(count: int) -> list[int]:
    """Return loopback ports that nobody listened on a moment ago, all different."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports: list[int] = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@dataclass
class Deployment:
    """A running product. `secrets` grows with everything that no log may ever hold."""

    shape: Shape
    folder: Path
    url: str
    programs: dict[tuple[str, ...], Program]
    addresses: dict[tuple[str, ...], str]
    secrets: set[str] = field(default_factory=set)

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.folder / "postgres" / "data"

    def program_of(self, service: str) -> tuple[str, ...]:
        """Return the services that share a process with `service`."""
        return next(names for names in self.programs if service in names)

    async def start(self) -> None:
        """Start what does not run, and wait until it is ready."""
        for program in self.programs.values():
            if program.process is None or program.process.poll() is not None:
                program.start()
        for names, program in self.programs.items():
            await program.until(lambda names=names: self._is_ready(names), "readiness")  # type: ignore[misc]
        self._note_generated_secrets()

    async def stop(self) -> dict[tuple[str, ...], int]:
        """Ask every process to stop, as an operator does, and return how each ended."""
        for program in self.programs.values():
            program.ask_to_stop()
        return {names: await program.ended(DRAIN_LIMIT_S + 20) for names, program in self.programs.items()}

    async def restart(self) -> None:
        """Start again what was killed or stopped."""
        await self.start()

    def kill(self, names: tuple[str, ...]) -> None:
        """kill -9 one process."""
        self.programs[names].kill()

    def kill_tree(self) -> None:
        """kill -9 every process and all that they started."""
        kill_together(list(self.programs.values()))

    async def crash_database(self) -> None:
        """kill -9 PostgreSQL's main process; whoever keeps it starts its successor at the same address."""
        os.kill(self._database_pid(), signal.SIGKILL)
        await asyncio.sleep(0.2)

    def check_alive(self) -> None:
        """Fail when a process died unasked."""
        for program in self.programs.values():
            program.check_alive()

    def check_logs(self) -> None:
        """Fail when a secret or a traceback got into a log."""
        for program in self.programs.values():
            said = program.said()
            leaked = [secret for secret in self.secrets if secret in said]
            assert not leaked, f"{program.name} printed {len(leaked)} secrets, one begins {leaked[0][:6]!r}"
            assert "Traceback (most recent call last)" not in said, f"{program.name}:\n{_around_traceback(said)}"

    async def _is_ready(self, names: tuple[str, ...]) -> bool:
        try:
            async with (
                aiohttp.ClientSession() as client,
                client.get(f"{self.addresses[names]}/api/ready", timeout=aiohttp.ClientTimeout(total=5)) as reply,
            ):
                return reply.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _database_pid(self) -> int:
        pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        assert psutil.Process(pid).name() == "postgres", "whoever starts it puts another number there for a moment"
        return pid

    def _note_generated_secrets(self) -> None:
        if (self.folder / "secrets.json").exists():
            generated: dict[str, str] = json.loads((self.folder / "secrets.json").read_text())
            self.secrets.update(generated.values())
        if (self.folder / "owner-credential").exists():
            self.secrets.add((self.folder / "owner-credential").read_text().strip())


def model_environ(models: OpenAIServer) -> dict[str, str]:
    """Return the variables that make the scripted server the model of every agent."""
    return {
        "OPENAI_COMPATIBLE_BASE_URL": models.base_url,
        "OPENAI_COMPATIBLE_API_KEY": PROVIDER_KEY,
        "OPENAI_COMPATIBLE_MODEL": "gpt-6.1-sol",
    }


def one_process(folder: Path, models: OpenAIServer | None, **more: str) -> Deployment:
    """Prepare `emergence up` with its own PostgreSQL below `folder`; without `models` the built-in one answers."""
    (port,) = free_ports(1)
    (names,) = PARTITIONS["one"]
    variables = {
        "EMERGENCE_DATA_DIR": str(folder),
        "LOG_LEVEL": "DEBUG",
        "AUTH_ENV": "dev",
        "AUTH_DEV_LOGIN": "true",
        **QUICK_LEASES,
        **(model_environ(models) if models else {}),
    }
    environ = plain_environ(**(variables | more))
    url = f"http://127.0.0.1:{port}"
    program = Program("up", ["up", "--port", str(port)], environ, folder.parent / f"{folder.name}-up.log")
    return Deployment("one", folder, url, {names: program}, {names: url}, {PROVIDER_KEY})


def several_processes(shape: Shape, folder: Path, models: OpenAIServer, database_url: str, **more: str) -> Deployment:
    """Prepare one `emergence serve` for each part, over one PostgreSQL."""
    parts = PARTITIONS[shape]
    addresses = dict(zip(parts, (f"http://127.0.0.1:{port}" for port in free_ports(len(parts))), strict=True))
    front = next(names for names in parts if "gateway" in names)
    shared = {
        name: secrets.token_hex(32) for name in ("EMERGENCE_SERVICE_SECRET", "AUTH_JWT_SECRET", "CHAT_KEY_SECRET")
    }
    environ = plain_environ(
        DATABASE_URL=database_url,
        DATABASE_POOL_SIZE="6",
        EMERGENCE_PUBLIC_URL=addresses[front],
        EMERGENCE_ENV="development",
        LOG_LEVEL="DEBUG",
        AUTH_CLAIM="loopback",
        AUTH_ENV="dev",
        AUTH_DEV_LOGIN="true",
        AUTH_TRUSTED_HOPS="0" if "auth" in front else "1",
        **{f"{name.upper()}_SERVICE_URL": addresses[names] for names in parts for name in names if name != "gateway"},
        **shared,
        **QUICK_LEASES,
        **model_environ(models),
    )
    environ |= more
    programs = {names: _serve(names, addresses[names], environ, folder) for names in parts}
    known = {PROVIDER_KEY, *shared.values(), _password_in(database_url)}
    return Deployment(shape, folder, addresses[front], programs, addresses, known)


def _serve(names: Sequence[str], address: str, environ: Mapping[str, str], folder: Path) -> Program:
    port = address.rpartition(":")[2]
    label = "+".join(names)
    return Program(label, ["serve", *names, "--port", port], environ, folder / f"{label}.log")


def _password_in(database_url: str) -> str:
    return database_url.partition("://")[2].partition("@")[0].partition(":")[2]


def _around_traceback(said: str) -> str:
    place = said.index("Traceback (most recent call last)")
    return said[max(0, place - 1000) : place + 4000]


class DatabaseServer:
    """A PostgreSQL of a deployment's own, kept running from another thread, which a test may crash."""

    def __init__(self, folder: Path, loop: EngineLoop) -> None:
        self._engine = EmbeddedPostgres(folder)
        self._loop = loop

    def start(self) -> str:
        """Start it and return its address."""
        return self._loop.run(self._engine.__aenter__()).url

    def stop(self) -> None:
        """Stop it."""
        self._loop.run(self._engine.__aexit__(None, None, None))


__all__ = ["PATIENCE_S", "DatabaseServer", "Deployment", "Shape", "free_ports", "one_process", "several_processes"]

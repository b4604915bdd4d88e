"""Services with a database each and Pub/Sub between them: somebody talks and goes, and every service obeys."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from emergence.auth.app import build_parts
from emergence.auth.settings import AuthSettings
from emergence.auth.sweep import sweep
from emergence.composition import SERVICES
from emergence.kernel.revocations import Revocations
from emergence.kernel.wire.peers import Peers
from tests.databases import Databases
from tests.frozen_clock import FrozenClock
from tests.journeys.conftest import deployed
from tests.journeys.deployment import several_processes
from tests.journeys.every_row import rows_with
from tests.journeys.program import PATIENCE_S, run_command
from tests.journeys.visitor import Visitor
from tests.pubsub_emulator import PubsubEmulator
from tests.scripted_models.openai_server import OpenAIServer

SAID = "the treasure lies under the oak"


@pytest.fixture
def urls(databases: Databases) -> Iterator[dict[str, str]]:
    """A database of its own for each service."""
    names = {service: databases.make() for service in SERVICES}
    yield {service: databases.url(name) for service, name in names.items()}
    for name in names.values():
        databases.drop(name)


async def test_every_service_hears_what_people_say_and_that_they_are_gone(
    urls: dict[str, str], pubsub_emulator: PubsubEmulator, models: OpenAIServer, place: Path
) -> None:
    folder = place / "pubsub"
    folder.mkdir(mode=0o711)
    deployment = several_processes(
        "pairs",
        folder,
        models,
        urls["auth"],
        EMERGENCE_BUS="pubsub",
        EMERGENCE_BUS_URL="pubsub://test-project/test-journey",
        PUBSUB_EMULATOR_HOST=str(pubsub_emulator.hosts.emulator),
        MEMORY_EMBEDDING_MODEL="none",
        **{f"{service.upper()}_DATABASE_URL": url for service, url in urls.items()},
    )
    environ = next(iter(deployment.programs.values())).environ
    migrated = await run_command(("migrate",), environ)
    assert (migrated.status, migrated.out.splitlines()[-1]) == (0, "bus: there")

    async with deployed(deployment), Visitor(deployment, "ada@example.org") as ada:
        await ada.claim()
        async with Visitor(deployment, "ben@example.org") as ben:
            user_id = (await ben.enter_as_developer())["user_id"]
            async with ben.live() as live:
                await live.answer_to(await live.send(SAID))
            await until(urls, SAID, lambda found: found.get("memory") == {"memory.turns"} and "session" in found)

            assert (await ben.call("DELETE", "/api/auth/me", {})).status == 202
            await sweep_in_a_week(environ)

            told = {service: {f"{service}.erasures"} for service in ("chat", "memory", "session")}
            await until(urls, user_id, lambda found: found == {"auth": {"auth.users"}} | told)
            assert await tables_with(urls, SAID) == {}


async def sweep_in_a_week(environ: Mapping[str, str]) -> None:
    """Do what auth does every ten minutes, as if the week of grace were over; its own process sends the event."""
    clock = FrozenClock(datetime.now(UTC) + timedelta(days=8))
    auth = build_parts(AuthSettings.read(environ), clock, Peers(), Revocations(clock))
    try:
        await sweep(auth)
    finally:
        auth.passwords.close()
        auth.checks.close()
        await auth.providers.close()
        await auth.database.close()


async def until(urls: dict[str, str], needle: str, is_so: Callable[[dict[str, set[str]]], bool]) -> None:
    """Wait until `needle` is in such tables of the services."""
    found: dict[str, set[str]] = {}
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not is_so(found := await tables_with(urls, needle)):  # noqa: ASYNC110 - other processes do it
                await asyncio.sleep(0.3)
    except TimeoutError:
        raise AssertionError(f"found in {found}") from None


async def tables_with(urls: dict[str, str], needle: str) -> dict[str, set[str]]:
    """Return the tables that hold `needle` anywhere, for each service that has one."""
    found = {}
    for service, url in urls.items():
        connection = await asyncpg.connect(url)
        try:
            found[service] = set(await rows_with(connection, [needle]))
        finally:
            await connection.close()
    return {service: tables for service, tables in found.items() if tables}

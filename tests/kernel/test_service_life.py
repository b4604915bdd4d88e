"""A service is shut until it is up, whatever it waits for."""

import asyncio
from collections.abc import Iterator

import pytest

from emergence.kernel.clock import SystemClock
from emergence.kernel.service_app import ServiceAppPlan, service_app
from emergence.kernel.service_life import ServiceLife
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.storage.database import Database
from tests.kernel.requests_to_app import ask
from tests.kernel.service_plans import plan

MIGRATIONS = "emergence.auth.migrations"


@pytest.fixture
def nobody(free_port: int) -> Iterator[str]:
    yield f"postgresql://nobody@127.0.0.1:{free_port}/none"


async def test_it_opens_when_schema_and_preparation_stand(database_url: str) -> None:
    prepared: list[str] = []

    async def prepare() -> None:
        prepared.append("once")

    life = ServiceLife(Database(database_url, "auth"), MIGRATIONS, SystemClock(), prepare)
    async with life.running():
        is_up = await life.is_up()

    assert is_up
    assert prepared == ["once"]


async def test_loops_run_and_are_started_again_when_they_break(database_url: str) -> None:
    started = asyncio.Semaphore(0)

    async def breaks() -> None:
        started.release()
        raise RuntimeError("a mistake in a loop")

    life = ServiceLife(Database(database_url, "auth"), MIGRATIONS, SystemClock())
    async with life.running([breaks]), asyncio.timeout(20):
        await started.acquire()
        await started.acquire()


async def test_while_the_database_is_away_only_health_answers(nobody: str) -> None:
    base = plan()
    life = ServiceLife(Database(nobody, "auth"), MIGRATIONS, SystemClock())
    app = service_app(ServiceAppPlan(name="auth", title="Auth", settings=base.settings, life=life))
    async with life.running():
        health, ready, other = [await ask(app, path) for path in ("/api/health", "/api/ready", "/api/other")]

    assert (health.status, ready.status, other.status) == (200, 503, 503)
    assert other.headers["retry-after"] == "2"


async def test_settings_that_contradict_the_database_end_the_start(database_url: str) -> None:
    async def prepare() -> None:
        raise SettingsInvalid("AUTH_JWT_SECRET: is not the one that sealed the keys")

    life = ServiceLife(Database(database_url, "auth"), MIGRATIONS, SystemClock(), prepare)
    with pytest.raises(SettingsInvalid):
        async with life.running():
            raise AssertionError("must not start")

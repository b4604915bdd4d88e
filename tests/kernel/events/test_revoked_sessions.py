"""Ended login sessions: every instance of a service knows them within a second, for as long as tokens may live."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from emergence.kernel.clock import SystemClock
from emergence.kernel.events.revoked_sessions import KEPT, RevokedSessions
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.migrate import apply_migrations
from tests.frozen_clock import FrozenClock


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, "shop")
    await apply_migrations(database, package="emergence.chat.migrations")
    yield database
    await database.close()


async def test_what_one_instance_notes_the_others_know_within_two_seconds(database: Database) -> None:
    here, elsewhere = (RevokedSessions(database, SystemClock()) for _ in range(2))
    ended = uuid4()
    reading = asyncio.create_task(elsewhere.run())

    for _ in range(2):
        async with database.transaction() as tx:
            await here.note(tx, ended)
            assert await here.is_noted(tx, ended)

    assert here.is_revoked(ended)
    async with asyncio.timeout(2):
        while not elsewhere.is_revoked(ended):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)
    assert not elsewhere.is_revoked(uuid4())
    reading.cancel()


async def test_what_no_token_can_be_older_than_is_forgotten(database: Database) -> None:
    clock = FrozenClock()
    revoked = RevokedSessions(database, clock)
    ended = uuid4()
    async with database.transaction() as tx:
        await revoked.note(tx, ended)
    age = 2 * KEPT + timedelta(seconds=1)
    await database.execute("UPDATE revoked_sessions SET revoked_at = now() - $1::interval", age)

    reading = asyncio.create_task(revoked.run())
    for _ in range(11):
        await asyncio.sleep(0.05)
        clock.advance(timedelta(minutes=1))
    await asyncio.sleep(0.2)
    reading.cancel()

    assert not revoked.is_revoked(ended)
    assert await database.fetch("SELECT FROM revoked_sessions") == []

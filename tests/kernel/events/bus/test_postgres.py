"""The bus in PostgreSQL: positions in the order of commits, a cursor each, and nothing kept for ever."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from emergence.kernel.events.bus.postgres import PostgresBus
from emergence.kernel.storage.database import Database, DatabaseUnavailable
from tests.kernel.events.bus_place import SOON, envelope


@pytest.fixture
async def tables(database_url: str, postgres_bus: PostgresBus) -> AsyncIterator[Database]:
    await postgres_bus.prepare()
    database = Database(database_url, "bus")
    yield database
    await database.close()


async def positions(tables: Database) -> list[int]:
    return [row[0] for row in await tables.fetch("SELECT position FROM events ORDER BY 1")]


async def test_no_position_appears_behind_one_that_was_already_visible(
    postgres_bus: PostgresBus, tables: Database, database_url: str
) -> None:
    buses = [PostgresBus(database_url) for _ in range(4)]
    seen: list[int] = []
    is_over = asyncio.Event()

    async def watch() -> None:
        while not is_over.is_set():
            now = await positions(tables)
            assert now[: len(seen)] == seen
            seen[:] = now

    async def append(each: PostgresBus) -> None:
        for _ in range(20):
            await each.append([envelope(), envelope()])

    async with asyncio.TaskGroup() as group:
        group.create_task(watch())
        await asyncio.gather(*(append(each) for each in buses))
        is_over.set()

    assert len(await positions(tables)) == 160
    for each in buses:
        await each.close()


async def test_a_subscription_ends_with_its_connection(postgres_bus: PostgresBus, tables: Database) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with postgres_bus.subscription("office") as subscription:
            holder = await tables.fetchrow(
                """SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database
                   WHERE locktype = 'advisory' AND granted AND datname = current_database()"""
            )
            assert holder is not None
            await tables.execute("SELECT pg_terminate_backend($1, 5000)", holder["pid"])
            await subscription.next_batch(timedelta(minutes=5))


async def test_what_everybody_has_is_dropped_after_a_while_and_the_rest_is_kept(
    postgres_bus: PostgresBus, tables: Database
) -> None:
    await postgres_bus.append([envelope() for _ in range(4)])
    await tables.execute("UPDATE events SET appended_at = now() - interval '2 days' WHERE position <= 3")
    for subscriber, count in (("office", 4), ("archive", 2)):
        async with postgres_bus.subscription(subscriber) as subscription:
            batch = await subscription.next_batch(SOON)
            await subscription.acknowledge(batch[count - 1])

    await postgres_bus.prune()

    assert await positions(tables) == [3, 4]


async def test_what_nobody_fetches_is_dropped_in_the_end(postgres_bus: PostgresBus, tables: Database) -> None:
    await postgres_bus.append([envelope() for _ in range(3)])
    await tables.execute("UPDATE events SET appended_at = now() - interval '15 days' WHERE position = 1")
    await tables.execute("UPDATE events SET appended_at = now() - interval '13 days' WHERE position = 2")

    await postgres_bus.prune()

    assert await positions(tables) == [2, 3]


async def test_two_processes_may_prepare_the_bus_at_once(database_url: str) -> None:
    buses = [PostgresBus(database_url) for _ in range(4)]

    await asyncio.gather(*(each.append([envelope()]) for each in buses))

    reader = await asyncpg.connect(database_url)
    assert await reader.fetchval("SELECT count(*) FROM bus.events") == 4
    await reader.close()
    for each in buses:
        await each.close()


async def test_a_bus_that_is_away_says_so(free_port: int) -> None:
    away = PostgresBus(f"postgresql://nobody:unused@127.0.0.1:{free_port}/nothing")

    with pytest.raises(DatabaseUnavailable):
        await away.append([envelope()])

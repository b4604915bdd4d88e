"""The bus in PostgreSQL: positions in the order of commits, a cursor each, and nothing kept for ever."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from emergence.kernel.events.bus.bus import Delivery, Envelope
from emergence.kernel.events.bus.postgres import PostgresBus
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Database, DatabaseUnavailable

SOON = timedelta(milliseconds=50)


def envelope(subject: str = "item:pen", name: str = "shop.item_sold.v1") -> Envelope:
    return Envelope(new_id(), name, subject, "shop", datetime.now(UTC), '{"number": 1}')


@pytest.fixture
async def tables(database_url: str, bus: PostgresBus) -> AsyncIterator[Database]:
    await bus.prepare()
    database = Database(database_url, "bus")
    yield database
    await database.close()


def envelopes_of(batch: Sequence[Delivery]) -> list[Envelope]:
    return [delivery.envelope for delivery in batch]


async def positions(tables: Database) -> list[int]:
    return [row[0] for row in await tables.fetch("SELECT position FROM events ORDER BY 1")]


async def test_what_is_appended_is_read_unchanged_and_in_order(bus: PostgresBus) -> None:
    sent = [envelope(f"item:{number}") for number in range(20)]

    await bus.append(sent[:10])
    await bus.append(sent[10:])
    async with bus.subscription("office") as subscription:
        received = envelopes_of(await subscription.next_batch(SOON))

    assert received == sent


async def test_only_what_was_acknowledged_is_not_read_again(bus: PostgresBus) -> None:
    sent = [envelope() for _ in range(3)]
    await bus.append(sent)

    async with bus.subscription("office") as subscription:
        first = await subscription.next_batch(SOON)
        again = await subscription.next_batch(SOON)
        await subscription.acknowledge(first[1])
    async with bus.subscription("office") as subscription:
        rest = envelopes_of(await subscription.next_batch(SOON))

    assert first == again
    assert rest == sent[2:]


async def test_an_old_acknowledgement_does_not_move_the_cursor_back(bus: PostgresBus) -> None:
    await bus.append([envelope() for _ in range(3)])

    async with bus.subscription("office") as subscription:
        batch = await subscription.next_batch(SOON)
        await subscription.acknowledge(batch[2])
        await subscription.acknowledge(batch[0])

        assert await subscription.next_batch(SOON) == []


async def test_waiting_ends_when_something_is_appended(bus: PostgresBus) -> None:
    async with bus.subscription("office") as subscription:
        waiting = asyncio.create_task(subscription.next_batch(timedelta(minutes=5)))
        await asyncio.sleep(0.1)
        await bus.append([envelope()])

        async with asyncio.timeout(2):
            assert len(await waiting) == 1


async def test_no_position_appears_behind_one_that_was_already_visible(
    bus: PostgresBus, tables: Database, database_url: str
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


async def test_a_subscription_ends_with_its_connection(bus: PostgresBus, tables: Database) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with bus.subscription("office") as subscription:
            holder = await tables.fetchrow("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted")
            assert holder is not None
            await tables.execute("SELECT pg_terminate_backend($1, 5000)", holder["pid"])
            await subscription.next_batch(timedelta(minutes=5))


async def test_what_everybody_has_is_dropped_after_a_while_and_the_rest_is_kept(
    bus: PostgresBus, tables: Database
) -> None:
    await bus.append([envelope() for _ in range(4)])
    await tables.execute("UPDATE events SET appended_at = now() - interval '2 days' WHERE position <= 3")
    for subscriber, count in (("office", 4), ("archive", 2)):
        async with bus.subscription(subscriber) as subscription:
            batch = await subscription.next_batch(SOON)
            await subscription.acknowledge(batch[count - 1])

    await bus.prune()

    assert await positions(tables) == [3, 4]


async def test_what_nobody_fetches_is_dropped_in_the_end(bus: PostgresBus, tables: Database) -> None:
    await bus.append([envelope() for _ in range(3)])
    await tables.execute("UPDATE events SET appended_at = now() - interval '15 days' WHERE position = 1")
    await tables.execute("UPDATE events SET appended_at = now() - interval '13 days' WHERE position = 2")

    await bus.prune()

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

"""The pool and its transactions against a real server."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg
import pytest

from emergence.kernel.storage.database import Database, DatabaseUnavailable, open_transaction


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, "public", pool_size=2)
    await database.execute("CREATE TABLE items (id int PRIMARY KEY)")
    yield database
    await database.close()


@pytest.fixture
def absent(free_port: int) -> Database:
    return Database(f"postgresql://nobody:unused@127.0.0.1:{free_port}/postgres", "public")


async def ids(database: Database) -> list[int]:
    return [row["id"] for row in await database.fetch("SELECT id FROM items ORDER BY id")]


async def end_connections(url: str) -> None:
    administrator = await asyncpg.connect(url)
    await administrator.fetch(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await administrator.close()


async def test_a_transaction_is_committed_at_its_end(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO items VALUES (1)")

    assert await ids(database) == [1]


async def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as tx:
            await tx.execute("INSERT INTO items VALUES (1)")
            raise ZeroDivisionError

    assert await ids(database) == []


async def test_a_cancelled_transaction_leaves_nothing(database: Database) -> None:
    is_written = asyncio.Event()

    async def write_slowly() -> None:
        async with database.transaction() as tx:
            await tx.execute("INSERT INTO items VALUES (1)")
            is_written.set()
            await tx.execute("SELECT pg_sleep(30)")

    writing = asyncio.create_task(write_slowly())
    await is_written.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    assert await ids(database) == []
    assert open_transaction() is None


async def test_a_cancelled_task_stops_as_such_though_its_rollback_is_lost(database: Database) -> None:
    is_written = asyncio.Event()

    async def write_and_lose_the_connection() -> None:
        async with database.transaction() as tx:
            await tx.execute("INSERT INTO items VALUES (1)")
            is_written.set()
            try:
                await asyncio.Event().wait()
            finally:
                tx.terminate()

    writing = asyncio.create_task(write_and_lose_the_connection())
    await is_written.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    assert await ids(database) == []


async def test_of_two_that_wait_for_each_other_one_is_told_to_try_again(database: Database) -> None:
    await database.execute("INSERT INTO items VALUES (1), (2)")
    both_hold = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> None:
        async with database.transaction() as tx:
            await tx.execute("SELECT FROM items WHERE id = $1 FOR UPDATE", first)
            await both_hold.wait()
            await tx.execute("SELECT FROM items WHERE id = $1 FOR UPDATE", second)

    outcomes = await asyncio.gather(lock(1, 2), lock(2, 1), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes if outcome is not None] == [DatabaseUnavailable]


async def test_transactions_do_not_nest_and_statements_go_through_the_open_one(database: Database) -> None:
    async with database.transaction():
        with pytest.raises(RuntimeError, match="already open in this task"):
            async with database.transaction():
                pass
        with pytest.raises(RuntimeError, match="use it"):
            await ids(database)

    assert await ids(database) == []


async def test_a_task_started_inside_is_bound_only_while_the_transaction_is_open(database: Database) -> None:
    is_over = asyncio.Event()

    async def look_twice() -> list[str | None]:
        during = open_transaction()
        await is_over.wait()
        return [during, open_transaction()]

    async with database.transaction():
        looking = asyncio.create_task(look_twice())
        await asyncio.sleep(0)
    is_over.set()

    assert await looking == ["public", None]


async def test_a_refused_connection_is_an_outage(absent: Database) -> None:
    with pytest.raises(DatabaseUnavailable):
        await absent.fetchrow("SELECT 1")

    assert not await absent.is_reachable()


async def test_a_wrong_password_is_an_outage_that_tells_nobody_the_password(database_url: str) -> None:
    where = urlsplit(database_url)
    address = f"postgresql://{where.username}:mistaken@127.0.0.1:{where.port}{where.path}"
    database = Database(address, "public")

    with pytest.raises(DatabaseUnavailable) as refused:
        await database.fetchrow("SELECT 1")

    assert "mistaken" not in str(refused.value.problem())


async def test_a_connection_that_is_cut_inside_a_transaction_is_an_outage(
    database: Database, database_url: str
) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with database.transaction() as tx:
            await tx.execute("INSERT INTO items VALUES (1)")
            await end_connections(database_url)
            await tx.execute("INSERT INTO items VALUES (2)")

    assert await ids(database) == []


async def test_idle_connections_that_were_cut_are_replaced(database: Database, database_url: str) -> None:
    await ids(database)
    await end_connections(database_url)
    await asyncio.sleep(0.05)

    assert await ids(database) == []


async def test_mistakes_of_ours_are_not_called_an_outage(database: Database) -> None:
    with pytest.raises(asyncpg.DataError):
        await database.fetchrow("SELECT $1::int", "not a number")
    with pytest.raises(asyncpg.UniqueViolationError):
        await database.execute("INSERT INTO items VALUES (1), (1)")
    with pytest.raises(FileNotFoundError):
        async with database.transaction():
            raise FileNotFoundError

    assert await database.is_reachable()


async def test_more_tasks_than_connections_take_turns(database: Database) -> None:
    async def insert(number: int) -> None:
        async with database.transaction() as tx:
            await tx.execute("INSERT INTO items VALUES ($1)", number)

    await asyncio.gather(*(insert(number) for number in range(40)))

    assert await ids(database) == list(range(40))


async def test_after_closing_it_opens_again_on_the_next_use(database: Database) -> None:
    await database.close()

    assert await ids(database) == []

"""A real memory process is killed in the middle of its work: the next finds nothing half done, and does all once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from emergence.kernel.embeddings.availability import vectors_unavailable_reason
from emergence.kernel.storage.database import Transaction
from emergence.memory.parts import Memory
from emergence.memory.store.locks import hold_passages
from tests.journeys.deployment import free_ports
from tests.journeys.program import Program, plain_environ
from tests.memory.gardening.test_tend_thread import TRIP, idle
from tests.memory.kept_rows import kept_memory
from tests.memory.said_turns import keep
from tests.memory.served_memory import memory_environ
from tests.served_app import served
from tests.session.neighbours import Person
from tests.session.served_session import served_session
from tests.session.threads.talking import talked

INDEXED = {"turns": 2, "turn_vectors": 2, "items": 1, "item_vectors": 1, "item_sources": 1, "concepts": 1}
WAITING_FOR = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND $1 = ANY (pg_blocking_pids(pid))"


@pytest.fixture
async def memory(database_url: str) -> AsyncIterator[Memory]:
    """Memory's parts in this process, to look and to stand in the way."""
    async with kept_memory(database_url) as parts:
        yield parts


def process(folder: Path, environ: Mapping[str, str]) -> Program:
    (port,) = free_ports(1)
    return Program("memory", ["serve", "memory", "--port", str(port)], plain_environ(**environ), folder / "memory.log")


@asynccontextmanager
async def running(program: Program) -> AsyncIterator[Program]:
    program.start()
    try:
        yield program
    finally:
        program.kill_tree()


async def killed_while_waiting(
    memory: Memory, person: Person, program: Program, stop: Callable[[Transaction], Awaitable[object]]
) -> None:
    """Start the process, and kill it as soon as it waits for what `stop` holds, in the middle of a transaction."""

    is_held, may_go = asyncio.get_running_loop().create_future(), asyncio.Event()

    async def is_waiting() -> bool:
        return await memory.database.fetch(WAITING_FOR, await is_held) != []

    async def hold() -> None:
        async with memory.rows.of(person.user_id) as tx:
            await stop(tx)
            is_held.set_result(await tx.fetchval("SELECT pg_backend_pid()"))
            await may_go.wait()
            raise asyncio.CancelledError  # what was written to stand in the way goes, too

    holding = asyncio.create_task(hold())
    await is_held
    async with running(program):
        await program.until(is_waiting, "a wait in the middle")
    may_go.set()
    await asyncio.gather(holding, return_exceptions=True)


async def bodies(memory: Memory, person: Person) -> list[str]:
    async with memory.rows.of(person.user_id) as tx:
        return [row["body"] for row in await tx.fetch("SELECT body FROM turns")]


async def counts(memory: Memory, person: Person) -> dict[str, int]:
    async with memory.rows.of(person.user_id) as tx:
        return {table: int(await tx.fetchval(f"SELECT count(*) FROM {table}")) for table in INDEXED}


@pytest.mark.skipif(vectors_unavailable_reason() is not None, reason="no vector can be compared on this machine")
async def test_what_was_being_indexed_is_indexed_once_by_the_next_process(
    database_url: str, memory: Memory, ada: Person, tmp_path: Path
) -> None:
    environ = memory_environ(database_url, MEMORY_EMBEDDING_MODEL="usem3")
    async with served_session(environ) as session, served(session.auth.app) as auth_url:
        program = process(tmp_path, environ | {"SESSION_SERVICE_URL": session.url, "AUTH_SERVICE_URL": auth_url})
        await talked(session, ada, "My sister is called Odalys.", answers=["A fine name."])

        async def same_name(tx: Transaction) -> None:
            await tx.execute(
                "INSERT INTO concepts VALUES ($1, gen_random_uuid(), 'Odalys', 'odalys', 'person')", ada.user_id
            )

        await killed_while_waiting(memory, ada, program, same_name)
        found = await counts(memory, ada)
        assert (found["items"], found["item_sources"], found["concepts"]) == (0, 0, 0)
        assert "My sister is called Odalys." not in await bodies(memory, ada)

        await killed_while_waiting(memory, ada, program, lambda tx: hold_passages(tx, ada.user_id))
        found = await counts(memory, ada)
        assert (found["turns"], found["items"], found["turn_vectors"]) == (2, 1, 0)

        async def is_indexed() -> bool:
            row = await memory.database.fetchrow(
                "SELECT (SELECT count(*) FROM pending_vectors) + (SELECT count(*) FROM thread_reads)"
            )
            return row is not None and row[0] == 0 and await counts(memory, ada) == INDEXED

        async with running(program):
            await program.until(is_indexed, f"all of {INDEXED}, once")


async def test_what_was_being_consolidated_is_consolidated_once_by_the_next_process(
    database_url: str, memory: Memory, ada: Person, tmp_path: Path
) -> None:
    thread = await keep(memory, ada, TRIP)
    await idle(memory, ada, thread)
    nowhere = f"http://127.0.0.1:{free_ports(1)[0]}"
    environ = memory_environ(database_url, SESSION_SERVICE_URL=nowhere, AUTH_SERVICE_URL=nowhere)
    program = process(tmp_path, environ)

    async def last_turn(tx: Transaction) -> None:
        await tx.execute("SELECT FROM turns WHERE position = (SELECT max(position) FROM turns) FOR UPDATE")

    await killed_while_waiting(memory, ada, program, last_turn)
    assert (await counts(memory, ada))["items"] == 0
    assert await memory.database.fetch("SELECT 1 FROM consolidations") == []

    async def is_done() -> bool:
        return len(await memory.database.fetch("SELECT 1 FROM consolidations WHERE outcome = 'done'")) > 0

    async with running(program):
        await program.until(is_done, "a consolidation")

    async with memory.rows.of(ada.user_id) as tx:
        found = await tx.fetch("SELECT kind, body FROM items")
    assert len({row["body"] for row in found}) == len(found)
    assert [row["kind"] for row in found].count("summary") == 1
    assert len(await memory.database.fetch("SELECT 1 FROM consolidations")) == 1
    assert await memory.database.fetch("SELECT 1 FROM consolidations_due WHERE thread_id = $1", thread) == []

"""kill -9 in the middle of an export and of an erasure: both are whole in the end, and nothing is done by halves."""

import asyncio
import io
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import asyncpg
import pytest

from emergence.auth.export.collect_exports import LEASE, collect_due_exports
from emergence.auth.sweep import sweep
from emergence.kernel.events.erasing import AGAIN_AFTER, Erasing
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.migrate import apply_packages
from emergence.session.app import MIGRATIONS
from emergence.session.store.personal_data import PERSONAL_TABLES
from tests.auth.holders import scripted_holders
from tests.auth.served_auth import ServedAuth, auth_environ, bearer, served_auth
from tests.auth.test_deletion import EVE, LOG_IN, WEEK, delete, stored_status, until_erased
from tests.databases import administer
from tests.frozen_clock import FrozenClock
from tests.journeys.held_product import until

SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@asynccontextmanager
async def killed_once(
    so: Callable[[], Awaitable[bool]], what: str, url: str, clock: FrozenClock
) -> AsyncIterator[None]:
    """Let another process do `what`, kill it as soon as something is so, and go on."""
    words = ["-m", "tests.journeys.cut_off_program", what, url, clock.now().isoformat()]
    process = await asyncio.create_subprocess_exec(sys.executable, *words)
    try:
        await until(so, f"{what} under way", within_s=60)
    finally:
        process.kill()
        await process.wait()
    yield


@asynccontextmanager
async def locked(url: str, statement: str) -> AsyncIterator[None]:
    """Hold what `statement` locks, so that whoever needs it stops there."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute(statement)
            yield
    finally:
        await connection.close()


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[ServedAuth]:
    async with served_auth(auth_environ(database_url)) as running:
        yield running


async def test_an_export_whose_collector_died_begins_anew_and_is_whole(served: ServedAuth, database_url: str) -> None:
    browser, ada = await served.claimed()
    await browser.post_json("/api/auth/me/export", **bearer(ada))

    async def is_half_done() -> bool:
        row = await served.auth.database.fetchrow("SELECT collecting, chunks FROM exports")
        return row is not None and row["collecting"] == "chat"

    async with killed_once(is_half_done, "collect", database_url, served.clock):
        holders = scripted_holders(served.auth.peers)
        holders["session"].rows = {"messages": ['{"text": "second attempt"}']}
        await collect_due_exports(served.auth)
        running = (await browser.get("/api/auth/me/export", headers=bearer(ada))).json()["export"]
        served.clock.advance(LEASE + timedelta(seconds=1))

    async def is_ready() -> bool:
        await collect_due_exports(served.auth)
        answer = await browser.get("/api/auth/me/export", headers=bearer(ada))
        return bool(answer.json()["export"]["state"] == "ready")

    await until(is_ready, "the export")
    archive = ZipFile(io.BytesIO((await browser.get("/api/auth/me/export/download", headers=bearer(ada))).content))
    assert running["state"] == "running"
    assert archive.testzip() is None
    assert json.loads(archive.read("session/messages.json")) == [{"text": "second attempt"}]
    rows = await served.auth.database.fetch("SELECT attempt, place FROM export_chunks")
    assert [tuple(row) for row in rows] == [(2, 0)]


async def test_a_person_whose_eraser_died_is_whole_until_somebody_finishes(
    served: ServedAuth, database_url: str
) -> None:
    await served.claimed()
    browser, eve = await served.person(EVE)
    await delete(browser, eve)
    due = FrozenClock(served.clock.now() + WEEK)

    async with locked(database_url, "SELECT FROM auth.audit_head FOR UPDATE"):
        async with killed_once(lambda: _is_blocked(database_url), "sweep", database_url, due):
            pass

    await until(lambda: _is_alone(database_url), "the server's own clearing up")
    assert await stored_status(served, eve["user_id"]) == "deletion_pending"
    assert (await browser.post_json("/api/auth/login", LOG_IN)).json()["code"] == "deletion_pending"
    assert await served.auth.database.fetch("SELECT FROM outbox") == []
    served.clock.advance(WEEK)
    await until_erased(served, eve)
    await sweep(served.auth)
    rows = await served.auth.database.fetch("SELECT FROM audit_log WHERE type = 'account.erased'")
    assert len(rows) == 1


async def test_a_service_whose_eraser_died_goes_on_where_it_was(database_url: str) -> None:
    clock, session = FrozenClock(), Database(database_url, "session")
    await apply_packages(session, ["emergence.kernel.events.migrations", MIGRATIONS])
    person, other = new_id(), new_id()
    for user_id in (person, other):
        await _talked(database_url, user_id)
    erasing = Erasing(session, PERSONAL_TABLES, clock)
    async with session.transaction() as tx:
        await erasing.note(tx, person)

    async with locked(database_url, f"SELECT FROM session.threads WHERE user_id = '{person}' FOR UPDATE"):
        async with killed_once(lambda: _is_blocked(database_url), "erase", database_url, clock):
            pass
        half = await _counts(session, person)

    assert half["runs"] == half["frames"] == 0
    assert half["threads"] == 1
    await until(lambda: _is_alone(database_url), "the server's own clearing up")
    await erasing.erase_due()
    assert set((await _counts(session, person)).values()) == {0}
    clock.advance(AGAIN_AFTER)
    await erasing.erase_due()
    assert await session.fetch("SELECT FROM erasures") == []
    assert await _counts(session, other) == {
        "threads": 1,
        "messages": 2_500,
        "runs": 2_500,
        "topics": 1,
        "frames": 2_500,
    }
    await session.close()


async def _is_blocked(url: str) -> bool:
    return bool(await _asked(url, f"{SESSIONS} AND wait_event_type = 'Lock'"))


async def _is_alone(url: str) -> bool:
    return not await _asked(url, f"{SESSIONS} AND state LIKE '%transaction%'")


async def _asked(url: str, question: str) -> Any:
    """Ask on a connection of its own: within a transaction these figures stand still."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def _talked(url: str, user_id: UUID) -> None:
    """Let somebody have a thread of 2,500 messages, each with a run and a frame: more than one batch of each."""
    thread = new_id()
    await administer(
        url,
        "SET search_path TO session",
        f"INSERT INTO threads VALUES ('{thread}', '{user_id}', 'long', 'anima', 2500, now(), now())",
        f"""INSERT INTO messages (id, user_id, thread_id, turn, slot, role, status, parts, created_at)
            SELECT gen_random_uuid(), '{user_id}', '{thread}', n, 0, 'user', 'complete', '[]', now()
            FROM generate_series(1, 2500) AS n""",
        f"""INSERT INTO runs (id, user_id, thread_id, message_id, turn, agent, language, state, outcome, owner,
                              lease_until, queued_at)
            SELECT gen_random_uuid(), user_id, thread_id, id, turn, 'anima', 'en', 'ended', 'done', 'x', now(), now()
            FROM messages WHERE user_id = '{user_id}'""",
        f"INSERT INTO topics VALUES ('user:{user_id}', '{user_id}', 2500)",
        f"""INSERT INTO frames SELECT 'user:{user_id}', n, '{user_id}', 'x', '{{}}'
            FROM generate_series(1, 2500) AS n""",
    )


async def _counts(session: Database, user_id: UUID) -> dict[str, Any]:
    tables = ("threads", "messages", "runs", "topics", "frames")
    found = {}
    for table in tables:
        row = await session.fetchrow(f"SELECT count(*) FROM {table} WHERE user_id = $1", user_id)
        found[table] = row[0] if row else None
    return found

"""Collecting an export: neighbours that are away or break off, two collectors at once, and how much is held."""

import asyncio
import json
import tracemalloc
from datetime import timedelta
from typing import Any

from emergence.auth.export.collect_exports import GIVEN_UP_AFTER, LEASE, collect_due_exports
from emergence.contracts.personal_data import PIECE_MAX_CHARACTERS, RowPiece, pieces_of
from tests.auth.export.exported import DOWNLOAD, EXPORT, download, state, until_state
from tests.auth.holders import scripted_holders
from tests.auth.served_auth import PASSWORD, ServedAuth, auth_environ, bearer, served_auth


async def test_a_neighbour_that_is_away_is_waited_for(served: ServedAuth) -> None:
    holders = scripted_holders(served.auth.peers)
    holders["chat"].is_away = True
    browser, ada = await served.claimed()
    await browser.post_json(EXPORT, **bearer(ada))

    await collect_due_exports(served.auth)
    waiting = await state(browser, ada)
    early = await browser.get(DOWNLOAD, headers=bearer(ada))
    await collect_due_exports(served.auth)
    asked_at_once = len(holders["chat"].asked)
    holders["chat"].is_away, holders["chat"].is_cut = False, True
    served.clock.advance(timedelta(seconds=10))
    await collect_due_exports(served.auth)
    cut = await until_state(browser, ada, "waiting")
    holders["chat"].is_cut = False
    served.clock.advance(timedelta(seconds=20))
    await until_state(browser, ada, "ready")

    assert waiting is not None
    assert (waiting["state"], waiting["collecting"], waiting["parts_done"]) == ("waiting", "chat", 2)
    assert (early.status_code, asked_at_once) == (404, 1)
    assert (cut["collecting"], len(holders["chat"].asked)) == ("chat", 3)
    archive = await download(browser, ada)
    assert json.loads(archive.read("session/things.json")) == [{"a": 1}, {"a": 2}]
    assert len(archive.namelist()) == len(set(archive.namelist()))


async def test_a_neighbour_that_never_answers_ends_it_and_costs_no_try(served: ServedAuth) -> None:
    holders = scripted_holders(served.auth.peers)
    holders["session"].is_away = True
    browser, ada = await served.claimed()
    await browser.post_json(EXPORT, **bearer(ada))
    await collect_due_exports(served.auth)

    served.clock.advance(GIVEN_UP_AFTER)

    ada = (await browser.post_json("/api/auth/login", {"email": "ada@example.org", "password": PASSWORD})).json()
    await until_state(browser, ada, "failed")
    assert (await browser.post_json(EXPORT, **bearer(ada))).json()["state"] == "waiting"


async def test_of_two_instances_one_collects_and_a_late_one_writes_nothing(database_url: str) -> None:
    async with served_auth(auth_environ(database_url)) as slow, served_auth(auth_environ(database_url)) as quick:
        goes_on = asyncio.Event()
        holders = scripted_holders(slow.auth.peers)
        holders["chat"].goes_on = goes_on
        scripted_holders(quick.auth.peers)["chat"].rows = {"things": ['{"by": "quick"}']}
        browser, ada = await slow.claimed()
        await browser.post_json(EXPORT, **bearer(ada))
        collecting = asyncio.create_task(collect_due_exports(slow.auth))
        async with asyncio.timeout(10):
            while not holders["chat"].asked:  # noqa: ASYNC110 - another task does it
                await asyncio.sleep(0.02)

        await collect_due_exports(quick.auth)
        running = await state(browser, ada)
        quick.clock.advance(LEASE + timedelta(seconds=1))
        await collect_due_exports(quick.auth)
        await until_state(browser, ada, "ready")  # its own loop may have been the quicker
        goes_on.set()
        await collecting

        assert running is not None
        assert running["state"] == "running"
        archive = await download(browser, ada)
        assert json.loads(archive.read("chat/things.json")) == [{"by": "quick"}]
        rows = await slow.auth.database.fetch("SELECT attempt FROM exports")
        assert [row["attempt"] for row in rows] == [2]


async def test_a_long_row_crosses_the_wire_in_pieces(served: ServedAuth) -> None:
    text = "\x01" * (3 * PIECE_MAX_CHARACTERS + 1)

    async def rows() -> Any:
        yield ("messages", text)

    pieces = [piece async for piece in pieces_of(rows())]

    texts = [piece for piece in pieces if isinstance(piece, RowPiece)]
    assert "".join(piece.text for piece in texts) == text
    assert [piece.is_last for piece in texts] == [False, False, False, True]
    assert max(len(piece.model_dump_json()) for piece in texts) < 512 * 1024


async def test_a_process_without_the_others_waits(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    await browser.post_json(EXPORT, **bearer(ada))

    await collect_due_exports(served.auth)

    waiting = await state(browser, ada)
    assert waiting is not None
    assert (waiting["state"], waiting["collecting"]) == ("waiting", "session")


async def test_the_collecting_loop_does_it_by_itself(served: ServedAuth) -> None:
    scripted_holders(served.auth.peers)
    browser, ada = await served.claimed()
    await browser.post_json(EXPORT, **bearer(ada))

    served.clock.advance(timedelta(seconds=2))

    await until_state(browser, ada, "ready")


async def test_a_large_export_is_never_held_whole(served: ServedAuth) -> None:
    holders = scripted_holders(served.auth.peers)
    holders["session"].rows = {"messages": [json.dumps({"text": "0123456789abcdef" * 2_500})] * 2_000}  # 80 MB
    browser, ada = await served.claimed()
    await browser.post_json(EXPORT, **bearer(ada))

    tracemalloc.start()
    try:
        await collect_due_exports(served.auth)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    ready = await state(browser, ada)
    assert ready is not None
    assert ready["rows"] > 2_000
    assert peak_bytes < 16 * 1024 * 1024

"""The feed of revocations: in the order of commits, resumable, told to services only, and silent rather than wrong."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from uuid import uuid4

import pytest

from emergence.auth.revocation_feed import KEYS_KEPT
from emergence.auth.store.revocations import add_revocation
from emergence.auth.sweep import sweep
from emergence.contracts.auth.revocations import FeedBeat, FeedLine, PublishedRevocation
from emergence.kernel.revocations import KEPT, Kind, Revocation
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.messages import WireRequest
from tests.auth.served_auth import PASSWORD, ServedAuth, auth_environ, bearer, served_auth
from tests.auth.test_ws_tickets import neighbour
from tests.session.cuttable_line import cuttable_line

STREAM = "/api/auth/internal/revocations/stream"
LINES = AsyncGenerator[FeedLine, None]


async def revoke(served: ServedAuth, kind: Kind = "sid", ref: str = "", age: timedelta = timedelta()) -> str:
    ref = ref or str(uuid4())
    async with served.auth.database.transaction() as tx:
        await add_revocation(tx, Revocation(kind, ref, served.clock.now() - age, "logged_out", 1))
    return ref


async def next_revocation(lines: LINES, patience_s: float = 5) -> PublishedRevocation:
    async with asyncio.timeout(patience_s):
        while True:
            line = await anext(lines)
            if isinstance(line, PublishedRevocation):
                return line


async def until_beat(lines: LINES) -> list[str]:
    """Return what comes before the next beat."""
    told: list[str] = []
    async with asyncio.timeout(5):
        while not isinstance(line := await anext(lines), FeedBeat):
            told.append(line.ref)
    return told


async def test_a_reader_hears_of_each_end_and_beats_between(served: ServedAuth) -> None:
    async with aclosing(neighbour(served, "chat").revocations(0)) as lines:
        assert await until_beat(lines) == []
        ref = await revoke(served)
        told = await next_revocation(lines)
        await until_beat(lines)

        assert (told.kind, told.ref, told.sv, told.event, told.reason) == (
            "sid",
            ref,
            1,
            "session-revoked",
            "logged_out",
        )
        assert await until_beat(lines) == []


async def test_numbers_follow_the_order_of_commits_so_that_no_reader_misses_one(served: ServedAuth) -> None:
    database = served.auth.database
    async with aclosing(neighbour(served).revocations(0)) as lines:
        await until_beat(lines)
        has_inserted, may_commit = asyncio.Event(), asyncio.Event()

        async def slowly() -> None:
            async with database.transaction() as tx:
                await add_revocation(tx, Revocation("sid", "begun first", served.clock.now(), "logged_out"))
                has_inserted.set()
                await may_commit.wait()

        slow = asyncio.create_task(slowly())
        await has_inserted.wait()
        await revoke(served, ref="committed first")
        first = await next_revocation(lines)
        await until_beat(lines)
        may_commit.set()
        await slow
        second = await next_revocation(lines)

    assert [first.ref, second.ref] == ["committed first", "begun first"]
    assert first.seq < second.seq


async def test_many_at_once_arrive_each_once_and_in_order(served: ServedAuth) -> None:
    async with aclosing(neighbour(served).revocations(0)) as lines:
        await until_beat(lines)
        sent = await asyncio.gather(*(revoke(served) for _ in range(100)))
        told = [await next_revocation(lines) for _ in range(100)]

    assert sorted(each.ref for each in told) == sorted(sent)
    assert [each.seq for each in told] == sorted(each.seq for each in told)


async def test_what_was_rolled_back_is_told_to_nobody(served: ServedAuth) -> None:
    with pytest.raises(RuntimeError):
        async with served.auth.database.transaction() as tx:
            await add_revocation(tx, Revocation("sid", "never", served.clock.now(), "logged_out"))
            raise RuntimeError
    ref = await revoke(served)

    async with aclosing(neighbour(served).revocations(0)) as lines:
        assert (await next_revocation(lines)).ref == ref


async def test_a_reader_goes_on_after_the_number_it_has(served: ServedAuth) -> None:
    refs = [await revoke(served) for _ in range(3)]
    async with aclosing(neighbour(served).revocations(0)) as lines:
        seq = (await next_revocation(lines)).seq
    async with aclosing(neighbour(served).revocations(seq)) as lines:
        assert [(await next_revocation(lines)).ref for _ in range(2)] == refs[1:]
    async with aclosing(neighbour(served).revocations(2**63 - 1)) as lines:  # of another database: not believed
        assert await until_beat(lines) == refs


async def test_without_notices_the_table_is_polled_twice_a_second(served: ServedAuth) -> None:
    await served.auth.database.execute("ALTER TABLE revocations DISABLE TRIGGER revocations_wake")
    async with aclosing(neighbour(served).revocations(0)) as lines:
        await until_beat(lines)
        ref = await revoke(served)
        async with asyncio.timeout(1):
            assert (await next_revocation(lines)).ref == ref


async def test_without_the_database_the_feed_is_silent_and_then_without_a_gap(database_url: str) -> None:
    async with (
        cuttable_line(database_url) as (line, url),
        served_auth(auth_environ(url)) as served,
        served_auth(auth_environ(database_url)) as elsewhere,
        aclosing(neighbour(served).revocations(0)) as lines,
    ):
        await until_beat(lines)
        line.cut()
        ref = await revoke(elsewhere)
        heard = asyncio.create_task(next_revocation(lines, patience_s=30))
        await asyncio.sleep(3)
        assert not heard.done()
        line.mend()

        assert (await heard).ref == ref
        assert await until_beat(lines) == []


async def test_the_database_away_brings_no_beat(database_url: str) -> None:
    async with cuttable_line(database_url) as (line, url), served_auth(auth_environ(url)) as served:
        async with aclosing(neighbour(served).revocations(0)) as lines:
            await until_beat(lines)
            line.cut()
            await asyncio.sleep(1.2)
            beat = asyncio.create_task(anext(lines))
            done, _ = await asyncio.wait({beat}, timeout=2.5)
            line.mend()
            await beat

    assert not done


async def test_only_what_can_still_matter_is_kept(served: ServedAuth) -> None:
    old, fresh = await revoke(served, age=KEPT + timedelta(seconds=1)), await revoke(served)
    key = await revoke(served, "key", age=KEPT + timedelta(days=1))
    old_key = await revoke(served, "key", age=KEYS_KEPT + timedelta(seconds=1))

    await sweep(served.auth)

    rows = await served.auth.database.fetch("SELECT ref FROM revocations")
    assert {row["ref"] for row in rows} == {fresh, key}
    assert {old, old_key}.isdisjoint(row["ref"] for row in rows)


async def test_only_services_may_listen_and_ask(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    body = {"session_id": signed_in["session_id"], "user_id": signed_in["user_id"]}
    anonymous = InProcess(served.app, service="auth", tokens=None)
    for headers in ({}, bearer(signed_in)):
        async with anonymous.send(WireRequest("GET", STREAM, dict(headers))) as reply:
            assert reply.status == 401
        answer = await served.program().post("/api/auth/internal/introspect", json=body, headers=headers)
        assert answer.status_code == 401


async def test_standing_is_what_the_database_says(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    _, bob = await served.person("bob@example.org")
    asks, kid = neighbour(served), (await served.auth.keys.active()).kid

    async def stands(of: dict[str, str], user: str | None = None, key: str | None = None) -> bool:
        return await asks.is_standing(of["session_id"], user or of["user_id"], key)  # type: ignore[arg-type]

    assert [await stands(ada), await stands(ada, key=kid), await stands(bob)] == [True, True, True]
    assert [await stands(ada, key="invented"), await stands(ada, user=bob["user_id"])] == [False, False]
    await served.auth.database.execute("UPDATE users SET status = 'suspended' WHERE id = $1", bob["user_id"])
    await browser.post_json("/api/auth/logout", **bearer(ada))
    assert [await stands(ada), await stands(bob)] == [False, False]


async def kinds(served: ServedAuth) -> list[tuple[str, str]]:
    rows = await served.auth.database.fetch("SELECT kind, reason FROM revocations ORDER BY seq")
    return [(row["kind"], row["reason"]) for row in rows]


async def test_every_way_to_end_sessions_is_told(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    elsewhere, bob = await served.person("bob@example.org")

    again = served.browser()
    other = (await again.post_json("/api/auth/login", {"email": "bob@example.org", "password": PASSWORD})).json()
    new = {"current_password": PASSWORD, "new_password": PASSWORD + "!"}
    await elsewhere.post_json("/api/auth/change-password", new, **bearer(bob))
    await elsewhere.post_json("/api/auth/my-sessions/revoke-all", **bearer(bob))
    path = f"/api/auth/admin/users/{bob['user_id']}"
    headers = bearer(ada)
    assert (await browser.put(f"{path}/role", json={"role": "guest"}, headers=headers)).status_code == 204
    assert (await browser.put(f"{path}/status", json={"status": "suspended"}, headers=headers)).status_code == 204
    await browser.post_json("/api/auth/logout", **headers)

    assert other["session_id"] != bob["session_id"]
    assert await kinds(served) == [
        ("sid", "password_changed"),
        ("user", "revoked_by_owner"),
        ("sid", "revoked_by_owner"),
        ("user", "role_changed"),
        ("user", "account_suspended"),
        ("sid", "logged_out"),
    ]


async def test_a_sign_in_under_way_does_not_outlive_a_suspension(served: ServedAuth) -> None:
    """It has checked the password already, and opens its session after everything else was ended."""
    browser, ada = await served.claimed()
    _, bob = await served.person("bob@example.org")
    path = f"/api/auth/admin/users/{bob['user_id']}/status"
    credentials = {"email": "bob@example.org", "password": PASSWORD}

    signing_in = [asyncio.create_task(served.browser().post_json("/api/auth/login", credentials)) for _ in range(6)]
    await asyncio.sleep(0.05)
    await browser.put(path, json={"status": "suspended"}, headers=bearer(ada))
    await asyncio.gather(*signing_in)

    left = await served.auth.database.fetch(
        "SELECT FROM sessions WHERE user_id = $1 AND revoked_at IS NULL", bob["user_id"]
    )
    assert left == []

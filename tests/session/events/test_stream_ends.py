"""A stream ends as sockets do, within a second and cleanly, and its last event says why."""

import asyncio
import json
import socket
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from emergence.contracts.session.protocol import CloseCode
from emergence.kernel.metrics import registry
from emergence.kernel.revocations import LATE, LOST
from emergence.session.socket.open_sockets import OpenSocket
from tests.moved_wall_clock import MovedWallClock
from tests.session.cuttable_line import cuttable_line
from tests.session.event_client import EventClient, client_of, event_client
from tests.session.neighbours import Person, ScriptedAuth
from tests.session.served_session import ServedSession, served_session, session_environ
from tests.shifted_clock import HurriedClock, ShiftedClock

AT_ONCE = 1.0
A_MOMENT = timedelta(seconds=1)


async def closed_within(client: EventClient, seconds: float = AT_ONCE) -> int:
    async with asyncio.timeout(seconds):
        return await client.close_code()


@pytest.mark.parametrize(
    ("kind", "reason", "code"),
    [("sid", "logged_out", 4401), ("user", "role_changed", 4403), ("all", "key_compromised", 4401)],
)
async def test_who_may_not_stay_is_gone_within_a_second(
    served: ServedSession, ada: Person, kind: str, reason: str, code: int
) -> None:
    elsewhere = Person(user_id=ada.user_id)
    async with event_client(served, ada) as one, event_client(served, elsewhere) as other:
        await asyncio.sleep(1.1)  # tokens name whole seconds: what ends now was made before
        ref = {"sid": ada.session_id, "user": ada.user_id, "all": ""}[kind]
        served.auth.feed.revoke(kind, ref, reason)  # type: ignore[arg-type]

        assert await closed_within(one) == code
        if kind == "sid":
            ack = await other.send("Still here")
            await other.until("run.ended", run=ack["run"])
        else:
            assert await closed_within(other) == code
        assert (await one.http.get("/api/sessions/events")).status_code == 401


async def test_what_was_queued_for_somebody_revoked_is_not_sent(served: ServedSession, ada: Person) -> None:
    async with event_client(served, ada) as client:
        (stream,) = served.parts.sockets.of_login_session(ada.session_id)
        for number in range(50):
            stream.say(json.dumps({"type": "news", "data": {"number": number}}))
        stream.expel(CloseCode.SIGN_IN_NEEDED)

        assert await closed_within(client) == 4401
        assert client.kinds() == ["welcome", "close"]


async def test_a_stream_whose_end_is_learned_while_it_opens_is_not_opened(
    served: ServedSession, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def knows_the_second_time(bearer: object) -> bool:
        asked.append(bearer)
        return len(asked) > 1

    monkeypatch.setattr(served.parts.revocations, "is_revoked", knows_the_second_time)
    refused = await served.get("/api/sessions/events", ada)

    assert (refused.status_code, len(asked)) == (401, 2)
    assert list(served.parts.sockets) == []


async def test_the_end_of_the_token_is_the_end_of_the_stream(database_url: str, ada: Person) -> None:
    clock = HurriedClock()
    async with served_session(session_environ(database_url), clock=clock) as served:
        async with event_client(served, ada) as client:
            clock.pass_by(timedelta(minutes=4, seconds=50))
            served.auth.mint.clock.advance(timedelta(minutes=4, seconds=50))
            ack = await client_of(served, ada).post(
                f"/api/sessions/{client.session}/commands",
                json={
                    "cmd": "message.send",
                    "cid": "019a0000-0000-7000-8000-000000000007",
                    "text": "x",
                    "agent": "neo",
                },
            )
            assert ack.status_code == 200
            await client.until("run.ended")
            clock.pass_by(timedelta(seconds=20))

            assert await closed_within(client, 3) == 4401
        served.auth.mint.clock.advance(timedelta(seconds=20))
        async with event_client(served, ada, session=client.session, last_id=client.last_id) as again:
            assert again.session == client.session


async def test_a_drain_announces_itself_and_ends_the_stream(database_url: str, ada: Person) -> None:
    async with served_session(session_environ(database_url)) as served:
        opened = event_client(served, ada)
        drained = await opened.__aenter__()
    assert await drained.close_code() == 4503
    assert drained.kinds()[-2:] == ["drain", "close"]
    await opened.__aexit__(None, None, None)


async def test_who_does_nothing_is_warned_and_signed_out(database_url: str) -> None:
    clock = MovedWallClock()
    ada = Person()
    environ = session_environ(database_url, SESSION_INACTIVITY_TIMEOUT_MINUTES="3")
    async with served_session(environ, clock=clock) as served, event_client(served, ada) as client:
        clock.advance(timedelta(seconds=61))
        await client.until("session.warning")
        assert (await client.post("session.extend")).status_code == 200
        await client.until("session.extended")
        clock.advance(timedelta(seconds=61))
        await client.until("session.warning")
        clock.advance(timedelta(seconds=121))
        await client.until("session.expired")
        assert await client.close_code() == 4408
        over = await client.post("session.extend")

    assert (over.status_code, over.json()["code"]) == (409, "session_over")


async def test_without_news_of_revocations_streams_end_and_none_is_opened(database_url: str, ada: Person) -> None:
    clock = ShiftedClock()
    async with served_session(session_environ(database_url), clock=clock) as served:
        feed = served.auth.feed
        async with event_client(served, ada) as client:
            feed.is_silent = True
            await asyncio.sleep(0.3)
            clock.pass_by(LATE + A_MOMENT)
            async with event_client(served, ada):
                assert [each.session_id for each in feed.asked_standing] == [ada.session_id]
            feed.ended.add(ada.session_id)
            refused = await client.http.get("/api/sessions/events")
            assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
            assert (await client.post("session.extend")).status_code == 401
            feed.knows_standing = False
            assert (await client.post("session.extend")).status_code == 503
            clock.pass_by(LOST)

            assert await closed_within(client, 3) == 1013
            refused = await client.http.get("/api/sessions/events")
            assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")


async def test_while_the_database_is_away_a_stream_is_refused_and_those_that_are_open_stay(
    database_url: str, ada: Person
) -> None:
    async with cuttable_line(database_url) as (line, address), served_session(session_environ(address)) as served:
        async with event_client(served, ada) as client:
            line.cut()
            refused = await client.http.get("/api/sessions/events", timeout=30)
            assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
            assert len(list(served.parts.sockets)) == 1
            line.mend()
            async with asyncio.timeout(20):
                while (await client.post("session.extend")).status_code != 200:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)


def closed_with_1013() -> float:
    return registry.get_sample_value("session_connections_closed_total", {"code": "1013"}) or 0.0


async def unread(served: ServedSession, person: Person) -> tuple[socket.socket, OpenSocket]:
    """Open a stream that nobody reads, and fill what the kernel holds for it."""
    address, narrow = urlsplit(served.url), socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    narrow.connect((address.hostname, address.port))
    token = served.auth.bearer(person)["authorization"]
    narrow.sendall(f"GET /api/sessions/events HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\n\r\n".encode())
    async with asyncio.timeout(5):
        while not (streams := served.parts.sockets.of_user(person.user_id)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        (stream,) = streams
        while stream.silent_s < 0.2:
            stream.say(json.dumps({"type": "news", "data": "x" * 100_000}))
            await asyncio.sleep(0.02)
    return narrow, stream


async def test_who_does_not_read_is_dropped_after_the_limit_of_silence(
    database_url: str, ada: Person, bob: Person
) -> None:
    clock = ShiftedClock()
    environ = session_environ(database_url, SESSION_OUTBOX_MAX_BYTES="100000000")
    async with served_session(environ, clock=clock) as served, event_client(served, bob) as reading:
        before = closed_with_1013()
        narrow, stream = await unread(served, ada)
        assert stream in served.parts.sockets.of_user(ada.user_id)
        for _ in range(2):  # in two steps, between which there is news of revocations
            clock.pass_by(timedelta(seconds=23))
            await asyncio.sleep(0.6)
        async with asyncio.timeout(5):
            while stream in served.parts.sockets.of_user(ada.user_id):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        narrow.close()

        assert closed_with_1013() == before + 1
        await reading.send("Still here")
        await reading.until("run.ended")


async def test_who_reads_nothing_of_what_waits_is_dropped_or_expelled_all_the_same(
    database_url: str, ada: Person, bob: Person
) -> None:
    environ = session_environ(database_url, SESSION_OUTBOX_MAX_BYTES="1000000")
    async with served_session(environ) as served:
        for person, too_much in ((ada, 15), (bob, 0)):
            narrow, stream = await unread(served, person)
            for _ in range(too_much):
                stream.say(json.dumps({"type": "news", "data": "x" * 100_000}))
            if not too_much:
                stream.expel(CloseCode.SIGN_IN_NEEDED)
            async with asyncio.timeout(1.5):
                while stream in served.parts.sockets.of_user(person.user_id):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            narrow.close()


async def test_an_administrator_who_looks_reads_and_says_nothing(served: ServedSession, ada: Person) -> None:
    looking = Person(user_id=ada.user_id, impersonator_id=Person().user_id)
    async with event_client(served, ada) as own, event_client(served, looking) as look:
        for session in (own.session, look.session):
            for cmd, members in (("session.extend", {}), ("message.send", {"text": "In her name", "agent": "neo"})):
                body = {"cmd": cmd, "cid": "019a0000-0000-7000-8000-000000000007", **members}
                refused = await look.http.post(f"/api/sessions/{session}/commands", json=body)
                assert (refused.status_code, refused.json()["code"]) == (403, "forbidden_while_impersonating")
        ack = await own.send("For both to see")
        await look.until("run.ended", run=ack["run"])
        assert look.screen.messages[ack["message"]]["parts"][0]["text"] == "For both to see"

    assert len((await served.get("/api/threads", ada)).json()["threads"]) == 1


def test_tokens_of_this_file_live_as_long_as_real_ones() -> None:
    claims = ScriptedAuth().mint.claims()

    assert int(str(claims["exp"])) - int(str(claims["iat"])) == 300

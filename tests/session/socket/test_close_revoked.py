"""Who may not stay is gone within a second, and whoever may is left alone; without news nobody is believed for long."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from websockets.exceptions import ConnectionClosed

from emergence.contracts.auth.events import LoginSessionRevoked
from emergence.contracts.session.protocol import CloseCode
from emergence.kernel.events.outbox import publish
from emergence.kernel.revocations import LATE, LOST
from tests.kernel.access_tokens import TokenMint
from tests.session.live_client import HELLO, LiveClient, live_client, raw_socket
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ
from tests.shifted_clock import ShiftedClock

AT_ONCE = 1.0
A_MOMENT = timedelta(seconds=1)


async def closed_within(client: LiveClient, seconds: float = AT_ONCE) -> int:
    async with asyncio.timeout(seconds):
        return await client.close_code()


async def is_open(client: LiveClient) -> bool:
    await client.socket.send('{"cmd":"ping"}')
    await client.until("pong")
    return True


async def status(served: ServedSession, person: Person) -> int:
    return (await served.get("/api/threads", person)).status_code


async def test_a_revoked_login_session_closes_all_its_sockets_and_no_others(served: ServedSession, ada: Person) -> None:
    elsewhere = Person(user_id=ada.user_id)
    async with (
        live_client(served.url, ada) as one,
        live_client(served.url, ada) as two,
        live_client(served.url, elsewhere) as other,
    ):
        served.auth.feed.revoke("sid", ada.session_id)

        assert list(await asyncio.gather(closed_within(one), closed_within(two))) == [4401, 4401]
        assert await is_open(other)
        assert (await status(served, ada), await status(served, elsewhere)) == (401, 200)


async def test_a_socket_that_comes_just_after_the_end_of_its_session_is_closed(
    served: ServedSession, ada: Person
) -> None:
    ticket = ada.ticket()
    served.auth.feed.revoke("sid", ada.session_id)
    while await status(served, ada) != 401:  # noqa: ASYNC110 - over REST
        await asyncio.sleep(0.02)

    async with raw_socket(served.url + "/ws", ["emergence.v1", f"ticket.{ticket}"]) as socket:
        with pytest.raises(ConnectionClosed):
            await socket.send(json.dumps(HELLO))
            await socket.recv()
        assert socket.close_code == 4401


@pytest.mark.parametrize(("reason", "code"), [("account_suspended", 4401), ("role_changed", 4403)])
async def test_a_person_who_may_not_stay_loses_every_socket(
    served: ServedSession, ada: Person, bob: Person, reason: str, code: int
) -> None:
    elsewhere = Person(user_id=ada.user_id)
    async with (
        live_client(served.url, ada) as one,
        live_client(served.url, elsewhere) as two,
        live_client(served.url, bob) as other,
    ):
        served.auth.feed.revoke("user", ada.user_id, reason)

        assert list(await asyncio.gather(closed_within(one), closed_within(two))) == [code, code]
        assert await is_open(other)


async def test_a_socket_opened_after_the_end_of_all_earlier_ones_stays(served: ServedSession, ada: Person) -> None:
    a_minute_ago = datetime.now(UTC) - timedelta(minutes=1)

    async with live_client(served.url, ada) as client:
        served.auth.feed.revoke("user", ada.user_id, "password_reset", at=a_minute_ago)
        await asyncio.sleep(0.3)

        assert await is_open(client)
        assert await status(served, ada) == 200


@pytest.mark.parametrize("kind", ["all", "key"])
async def test_everybody_leaves_when_everything_or_a_key_is_revoked(served: ServedSession, kind: str) -> None:
    people = [Person() for _ in range(3)]
    async with live_client(served.url, people[0]) as one, live_client(served.url, people[1]) as two:
        served.auth.feed.revoke("all" if kind == "all" else "key", "" if kind == "all" else "key-1", "key_compromised")

        assert list(await asyncio.gather(closed_within(one), closed_within(two))) == [4401, 4401]
    if kind == "key":
        assert await status(served, people[2]) == 401
        served.auth.mint = TokenMint(served.auth.mint.clock, "key-2")
        assert await status(served, people[2]) == 200


async def test_after_sign_out_no_instance_takes_the_old_token_or_keeps_a_socket(database_url: str, ada: Person) -> None:
    environ = session_environ(database_url)
    elsewhere = Person(user_id=ada.user_id)
    async with served_session(environ) as one, served_session(environ, auth=one.auth) as two:
        assert [await status(each, ada) for each in (one, two)] == [200, 200]
        async with live_client(one.url, ada) as on_one, live_client(two.url, ada) as on_two:
            one.auth.feed.revoke("sid", ada.session_id)
            ended = monotonic()
            assert list(await asyncio.gather(closed_within(on_one), closed_within(on_two))) == [4401, 4401]
            assert [await status(each, ada) for each in (one, two)] == [401, 401]
            assert monotonic() - ended < AT_ONCE
        assert [await status(each, elsewhere) for each in (one, two)] == [200, 200]


async def test_what_was_queued_for_somebody_revoked_is_not_sent(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        (socket,) = served.parts.sockets.of_login_session(ada.session_id)
        for number in range(50):
            socket.say(json.dumps({"type": "news", "data": {"number": number}}))
        socket.expel(CloseCode.SIGN_IN_NEEDED)

        assert await closed_within(client) == 4401
        assert client.kinds() == ["welcome"]


async def test_the_event_ends_the_live_sessions_of_the_login_session(served: ServedSession, ada: Person) -> None:
    database = served.parts.database
    async with live_client(served.url, ada):
        async with database.transaction() as tx:
            revoked = LoginSessionRevoked(session_id=ada.session_id, user_id=ada.user_id, reason="logged_out")
            await publish(tx, revoked)

        async with asyncio.timeout(5):
            while await database.fetch("SELECT FROM live_sessions WHERE ended_at IS NULL"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


@pytest.fixture
async def late(database_url: str) -> AsyncIterator[tuple[ServedSession, ShiftedClock]]:
    """A service whose feed may fall silent, and the clock that says for how long it has."""
    clock = ShiftedClock()
    async with served_session(session_environ(database_url), clock=clock) as served:
        yield served, clock


async def silence(served: ServedSession, clock: ShiftedClock, duration: timedelta) -> None:
    served.auth.feed.is_silent = True
    await asyncio.sleep(0.3)  # what was on its way
    clock.pass_by(duration)


async def test_while_news_are_late_commands_are_confirmed_with_auth(
    late: tuple[ServedSession, ShiftedClock], ada: Person, bob: Person
) -> None:
    served, clock = late
    feed = served.auth.feed
    async with live_client(served.url, ada) as one, live_client(served.url, bob) as other:
        await one.send("Before")
        assert feed.asked_standing == []
        await silence(served, clock, LATE + A_MOMENT)
        feed.ended.add(ada.session_id)

        assert (await one.send("After"))["code"] == "unauthenticated"
        assert await closed_within(one) == 4401
        assert (await other.send("Still here"))["type"] == "ack"
        assert await status(served, ada) == 200  # reading goes on until the token ends
        feed.knows_standing = False
        assert (await other.send("And now?"))["code"] == "database_unavailable"
        assert await is_open(other)
    assert {each.session_id for each in feed.asked_standing} == {ada.session_id, bob.session_id}


async def test_without_news_for_half_a_minute_sockets_are_closed_and_none_is_opened(
    late: tuple[ServedSession, ShiftedClock], ada: Person
) -> None:
    served, clock = late
    async with live_client(served.url, ada) as client:
        await silence(served, clock, LOST + A_MOMENT)

        assert await closed_within(client, 3) == 1013
    async with raw_socket(served.url + "/ws", ["emergence.v1", f"ticket.{ada.ticket()}"]) as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 1013
    assert await status(served, ada) == 200


async def test_after_a_silence_the_feed_goes_on_where_it_was(
    late: tuple[ServedSession, ShiftedClock], ada: Person, bob: Person
) -> None:
    served, clock = late
    feed = served.auth.feed
    feed.revoke("sid", ada.session_id)
    async with live_client(served.url, bob) as client:
        await silence(served, clock, LATE + A_MOMENT)
        feed.revoke("sid", bob.session_id)  # told to nobody
        async with asyncio.timeout(10):
            while len(feed.asked_after) < 2:  # noqa: ASYNC110 - the line is given up
                await asyncio.sleep(0.05)
        feed.is_silent = False

        assert await closed_within(client, 3) == 4401
        assert feed.asked_after[:2] == [0, 1]
        assert not served.parts.revocations.is_late

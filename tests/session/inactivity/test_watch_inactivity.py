"""Who does nothing is warned, then signed out; who does something stays. Never an end without a warning."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from emergence.kernel.metrics import registry
from emergence.kernel.settings import SettingsInvalid
from emergence.session.settings import SessionSettings
from tests.moved_wall_clock import MovedWallClock
from tests.session.live_client import LiveClient, Screen, live_client
from tests.session.neighbours import Person, ScriptedAuth
from tests.session.served_session import ServedSession, served_session, session_environ

TO_WARNING = timedelta(minutes=28, seconds=1)  # 30 minutes, less 2
TO_END = timedelta(minutes=2, seconds=1)


@pytest.fixture
def clock() -> MovedWallClock:
    return MovedWallClock()


@pytest.fixture
def ada() -> Person:
    return Person(lifetime=timedelta(days=2))


@pytest.fixture
async def served(database_url: str, clock: MovedWallClock) -> AsyncIterator[ServedSession]:
    async with served_session(session_environ(database_url), clock=clock) as running:
        yield running


def figure(name: str) -> float:
    return registry.get_sample_value(name) or 0.0


async def nothing_comes(client: LiveClient, kind: str, for_s: float = 2.5) -> bool:
    """Return whether no frame of this type comes for a while."""
    try:
        async with asyncio.timeout(for_s):
            await client.until(kind)
    except TimeoutError:
        return True
    return False


async def expiries(served: ServedSession) -> list[str]:
    """Return what was said to other services, in order."""
    rows = await served.parts.database.fetch(
        """SELECT payload::json ->> 'login_session_id' AS login FROM bus.events
           WHERE name = 'session.live_session_expired.v1' ORDER BY position"""
    )
    return [row["login"] for row in rows]


async def test_who_does_nothing_is_warned_once_and_then_signed_out(
    served: ServedSession, ada: Person, clock: MovedWallClock
) -> None:
    warnings, ends = figure("sessions_warning_sent_total"), figure("sessions_timeout_total")
    idle = figure("session_inactivity_duration_seconds_count")
    async with live_client(served.url, ada) as client:
        own = client.heard[0]["data"]["session"]
        assert client.heard[0]["data"]["inactivity_s"] == 1800
        clock.advance(TO_WARNING)
        warning = await client.until("session.warning")
        left = datetime.fromisoformat(warning["data"]["expires_at"]) - clock.now()
        assert warning["data"]["session"] == own
        assert timedelta(seconds=115) < left <= timedelta(seconds=120)
        assert await nothing_comes(client, "session.warning")

        clock.advance(TO_END)
        assert (await client.until("session.expired"))["data"] == {"session": own}
        assert await client.close_code() == 4408
    while (said := await expiries(served)) == []:  # noqa: ASYNC110 - the relay's work
        await asyncio.sleep(0.05)

    assert said == [str(ada.session_id)]
    assert figure("sessions_warning_sent_total") - warnings == 1
    assert figure("sessions_timeout_total") - ends == 1
    assert figure("session_inactivity_duration_seconds_count") - idle == 1


async def test_saying_that_one_is_there_withdraws_the_warning_in_every_tab(
    served: ServedSession, ada: Person, clock: MovedWallClock
) -> None:
    async with live_client(served.url, ada) as one, live_client(served.url, ada) as two:
        ids = [client.heard[0]["data"]["session"] for client in (one, two)]
        clock.advance(TO_WARNING)
        for client in (one, two):
            assert {(await client.until("session.warning"))["data"]["session"] for _ in range(2)} == set(ids)

        assert (await one.ask("session.extend"))["type"] == "ack"
        assert {(await two.until("session.extended"))["data"]["session"] for _ in range(2)} == set(ids)
        clock.advance(TO_END)
        assert await nothing_comes(two, "session.expired")
        clock.advance(TO_WARNING)
        await two.until("session.warning")


async def test_a_message_counts_and_so_does_an_answer_that_is_written(
    served: ServedSession, ada: Person, clock: MovedWallClock
) -> None:
    released = asyncio.Event()

    async def until_released() -> None:
        await released.wait()

    served.chat.will_say([until_released])
    async with live_client(served.url, ada) as client:
        clock.advance(TO_WARNING)
        await client.until("session.warning")
        await client.send("still there")
        await client.until("session.extended")

        clock.advance(timedelta(hours=3) - TO_WARNING)
        assert await nothing_comes(client, "session.warning")
        released.set()
        await client.until("run.ended")
        clock.advance(TO_WARNING)
        await client.until("session.warning")


async def test_heartbeats_and_what_a_client_does_by_itself_count_for_nothing(
    served: ServedSession, ada: Person, clock: MovedWallClock
) -> None:
    async with live_client(served.url, ada) as client:
        clock.advance(TO_WARNING - timedelta(seconds=20))
        await client.ask("subscribe", topic=f"user:{ada.user_id}", seq=0)
        await client.socket.send('{"cmd":"pong"}')
        await client.socket.send('{"cmd":"ping"}')
        await client.until("pong")
        clock.advance(timedelta(seconds=20))

        await client.until("session.warning")


async def test_another_persons_and_another_sign_ins_clock_is_their_own(
    served: ServedSession, ada: Person, bob: Person, clock: MovedWallClock
) -> None:
    elsewhere = Person(user_id=ada.user_id)
    async with (
        live_client(served.url, ada) as idle,
        live_client(served.url, elsewhere) as active,
        live_client(served.url, bob) as other,
    ):
        clock.advance(TO_WARNING)
        own = idle.heard[0]["data"]["session"]
        await idle.until("session.warning", session=own)
        await active.ask("session.extend")
        await other.ask("session.extend")
        clock.advance(TO_END)

        await idle.until("session.expired", session=own)
        assert await idle.close_code() == 4408
        assert await nothing_comes(other, "session.expired", 1)
        await active.socket.send('{"cmd":"ping"}')
        await active.until("pong")
        assert {frame["data"]["session"] for frame in active.heard if frame["type"] == "session.expired"} == {own}
        assert [frame["type"] for frame in other.heard if "session" in frame.get("data", {})] == [
            "welcome",
            "session.warning",
            "session.extended",
        ]


async def test_a_restart_between_warning_and_end_loses_and_doubles_nothing(
    database_url: str, ada: Person, clock: MovedWallClock
) -> None:
    environ, auth, screen = session_environ(database_url), ScriptedAuth(), Screen()
    async with served_session(environ, auth, clock=clock) as before, live_client(before.url, ada, screen=screen) as one:
        own = one.heard[0]["data"]["session"]
        clock.advance(TO_WARNING)
        announced = (await one.until("session.warning"))["data"]["expires_at"]
    async with (
        served_session(environ, auth, clock=clock) as after,
        live_client(after.url, ada, screen=screen, session=own) as two,
    ):
        assert two.heard[0]["data"]["session"] == own
        assert two.heard[0]["data"]["expires_at"] == announced
        assert await nothing_comes(two, "session.warning")
        clock.advance(TO_END)
        await two.until("session.expired", session=own)
        assert await two.close_code() == 4408


async def test_an_instance_that_was_away_past_the_deadline_warns_before_it_ends(
    database_url: str, ada: Person, clock: MovedWallClock
) -> None:
    environ, auth = session_environ(database_url), ScriptedAuth()
    async with served_session(environ, auth, clock=clock) as before, live_client(before.url, ada) as one:
        own = one.heard[0]["data"]["session"]
    clock.advance(timedelta(minutes=31))
    async with served_session(environ, auth, clock=clock) as after, live_client(after.url, ada, session=own) as two:
        if two.heard[0]["data"]["session"] == own:
            warning = await two.until("session.warning", session=own)
            assert datetime.fromisoformat(warning["data"]["expires_at"]) - clock.now() > timedelta(seconds=100)
        assert await nothing_comes(two, "session.expired")


async def test_without_a_socket_nobody_is_signed_out_but_who_was_warned(
    served: ServedSession, ada: Person, bob: Person, clock: MovedWallClock
) -> None:
    async with live_client(served.url, ada), live_client(served.url, bob) as warned:
        clock.advance(TO_WARNING)
        await warned.until("session.warning")
    await served.parts.database.execute(
        "UPDATE live_sessions SET expires_at = NULL WHERE user_id = $1", ada.user_id
    )  # as if only bob had been connected then
    clock.advance(timedelta(minutes=40))
    while await served.parts.database.fetch("SELECT FROM live_sessions WHERE ended_at IS NULL"):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.3)

    assert await expiries(served) == [str(bob.session_id)]


async def test_after_the_end_it_is_too_late(served: ServedSession, ada: Person, clock: MovedWallClock) -> None:
    async with live_client(served.url, ada) as client:
        await served.parts.database.execute("UPDATE live_sessions SET ended_at = now()")

        assert (await client.ask("session.extend"))["code"] == "session_over"


async def test_zero_minutes_mean_never(database_url: str, ada: Person, clock: MovedWallClock) -> None:
    environ = session_environ(database_url, SESSION_INACTIVITY_TIMEOUT_MINUTES="0")
    async with served_session(environ, clock=clock) as served, live_client(served.url, ada) as client:
        assert client.heard[0]["data"]["inactivity_s"] is None
        clock.advance(timedelta(hours=20))

        assert await nothing_comes(client, "session.warning")


async def test_for_real_with_seconds(database_url: str, ada: Person) -> None:
    environ = session_environ(
        database_url, SESSION_INACTIVITY_TIMEOUT_MINUTES="0.1", SESSION_WARNING_BEFORE_TIMEOUT_SECONDS="3"
    )
    async with served_session(environ) as served, live_client(served.url, ada) as client:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await client.until("session.warning")
        warned_after_s = loop.time() - began
        await client.until("session.expired")
        ended_after_s = loop.time() - began

    assert 2.5 <= warned_after_s < 6
    assert 3 <= ended_after_s - warned_after_s < 6


@pytest.mark.parametrize("warning", ["0", "1800", "4000"])
def test_a_warning_that_would_come_too_early_or_never_fails_the_start(warning: str) -> None:
    environ = session_environ("postgresql://localhost/x", SESSION_WARNING_BEFORE_TIMEOUT_SECONDS=warning)

    with pytest.raises(SettingsInvalid, match="SESSION_WARNING_BEFORE_TIMEOUT_SECONDS"):
        SessionSettings.read(environ)

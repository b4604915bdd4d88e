"""The same frames without a WebSocket: a conversation over server-sent events and posted commands."""

import asyncio
from uuid import uuid4

import pytest

from tests.session.event_client import client_of, event_client
from tests.session.live_client import live_client
from tests.session.neighbours import Person, answer
from tests.session.served_session import ServedSession, served_session, session_environ


async def test_a_message_is_answered_and_what_was_streamed_is_what_is_stored(
    served: ServedSession, ada: Person
) -> None:
    served.chat.will_say(answer("The capital", " of France", " is Paris 😀."))

    async with event_client(served, ada) as client:
        ack = await client.send("What is the capital of France?")
        await client.until("run.ended", run=ack["run"])
        await client.until("thread.updated")

    assert client.heard[0]["type"] == "welcome"
    assert (
        client.screen.text(ack["reply"])
        == "The capital of France is Paris 😀."
        == client.screen.stored_text(ack["reply"])
    )
    assert await served.stored_text(ada, ack["thread"], ack["reply"]) == "The capital of France is Paris 😀."


async def test_the_head_says_what_proxies_and_readers_need(served: ServedSession, ada: Person) -> None:
    async with event_client(served, ada) as client:
        headers = client.reply.headers

    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
    assert "content-encoding" not in headers


async def test_a_stream_and_a_socket_of_one_person_hear_the_same(served: ServedSession, ada: Person) -> None:
    async with event_client(served, ada) as stream, live_client(served.url, ada) as socket:
        ack = await socket.send("Hello")
        await asyncio.gather(stream.until("run.ended"), socket.until("run.ended"))
        await asyncio.gather(stream.until("thread.updated"), socket.until("thread.updated"))

    topics = [[frame for frame in heard if "seq" in frame] for heard in (stream.heard, socket.heard)]
    assert topics[0] == topics[1]
    assert stream.screen.stored_text(ack["reply"]) == socket.screen.stored_text(ack["reply"])


async def test_every_event_of_a_topic_has_an_id_and_those_of_the_connection_have_none(
    database_url: str, ada: Person
) -> None:
    async with served_session(session_environ(database_url, SESSION_HEARTBEAT_SECONDS="0.1")) as served:
        async with event_client(served, ada) as client:
            assert client.last_id == f"user:{ada.user_id}=0"
            before = client.last_id
            await client.until("ping")
            assert client.last_id == before
            ack = await client.send("Hello")
            await client.until("run.queued")
            assert f"run:{ack['run']}=1" in client.last_id
            await client.until("run.ended")
            assert f"run:{ack['run']}" not in client.last_id
            await client.until("thread.updated")

    assert client.last_id == f"thread:{ack['thread']}=3 user:{ada.user_id}=2"


async def test_a_stream_goes_on_with_its_live_session(served: ServedSession, ada: Person, bob: Person) -> None:
    async with event_client(served, ada) as first:
        pass
    async with event_client(served, ada, session=first.session) as again:
        assert again.session == first.session
    async with event_client(served, bob, session=first.session) as other:
        assert other.session != first.session


async def test_nobody_opens_a_stream_without_a_good_token(served: ServedSession) -> None:
    for path in ("/api/sessions/events", f"/api/sessions/{uuid4()}/events"):
        refused = await served.get(path, None)
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")


async def test_an_address_with_a_token_in_it_lets_nobody_in(served: ServedSession, ada: Person) -> None:
    token = served.auth.bearer(ada)["authorization"].removeprefix("Bearer ")

    assert (await served.get(f"/api/sessions/events?access_token={token}", None)).status_code == 401


async def test_streams_count_as_sockets(database_url: str, ada: Person, bob: Person) -> None:
    async with served_session(session_environ(database_url, SESSION_SOCKETS_PER_USER="2")) as served:
        async with event_client(served, ada), live_client(served.url, ada), client_of(served, ada) as http:
            refused = await http.get("/api/sessions/events")
            async with event_client(served, bob):
                assert len(list(served.parts.sockets)) == 3
        async with asyncio.timeout(5):
            await served.parts.sockets.emptied()
        async with event_client(served, ada):
            pass

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_connections")
    assert refused.headers["retry-after"] == "60"


async def test_a_client_that_vanishes_is_noticed(served: ServedSession, ada: Person) -> None:
    async with event_client(served, ada):
        assert len(served.parts.sockets.of_user(ada.user_id)) == 1
    async with asyncio.timeout(1):
        await served.parts.sockets.emptied()
    assert ada.user_id not in served.parts.bus.users()


async def test_two_people_hear_nothing_of_each_other(served: ServedSession, ada: Person, bob: Person) -> None:
    async with event_client(served, ada) as adas, event_client(served, bob) as bobs:
        ack = await adas.send("the treasure lies under the oak")
        await adas.until("run.ended")
        await bobs.send("Hello")
        await bobs.until("run.ended")
        stolen = f"user:{bob.user_id}=0 user:{ada.user_id}=0 thread:{ack['thread']}=0 run:{ack['run']}=0"
    async with event_client(served, bob, last_id=stolen) as again:
        await again.send("Hello")
        await again.until("run.ended", reason="done")
        await again.until("run.ended", reason="done")

    said = f"{bobs.heard}{again.heard}"
    assert "treasure" not in said
    assert str(ada.user_id) not in said
    assert [each["data"]["code"] for each in again.heard if each["type"] == "error"] == ["unknown_topic"] * 3
    assert str(ada.user_id) not in again.last_id


@pytest.mark.parametrize("cmd", ["hello", "subscribe", "unsubscribe", "ping", "pong", "agent.dance"])
async def test_only_commands_with_effects_are_posted(served: ServedSession, ada: Person, cmd: str) -> None:
    async with event_client(served, ada) as client:
        refused = await client.post(cmd, topic=f"user:{ada.user_id}")

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")

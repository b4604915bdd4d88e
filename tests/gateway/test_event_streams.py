"""Events through the front door: each at once, for longer than any deadline, before a service here or elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from emergence.contracts.chat import ReplyText
from emergence.gateway import forward
from emergence.gateway.forward import Forward
from tests.gateway.front_door import Shape, served_gateway
from tests.session.event_client import event_client
from tests.session.neighbours import Person, answer, started
from tests.session.served_session import ServedSession, served_session, session_environ

pytestmark = pytest.mark.parametrize("shape", ["in_process", "remote"])


@asynccontextmanager
async def behind_gateway(shape: Shape, database_url: str) -> AsyncIterator[ServedSession]:
    """Yield a session service whose address is that of a gateway before it."""
    async with served_session(session_environ(database_url, SESSION_HEARTBEAT_SECONDS="0.2")) as served:
        remote = Forward("session", served.url)
        try:
            async with served_gateway(served.app if shape == "in_process" else remote) as url:
                yield replace(served, url=url)
        finally:
            await remote.close()


async def test_events_come_at_once_and_commands_go_through(shape: Shape, database_url: str) -> None:
    person, may_go_on = Person(), asyncio.Event()
    async with behind_gateway(shape, database_url) as served, event_client(served, person) as client:
        served.chat.will_say([started(), ReplyText(text="First. "), may_go_on.wait, *answer("Last.")[1:]])
        ack = await client.send("Hello")
        await client.until("message.delta", text="First. ")
        may_go_on.set()
        await client.until("message.final")
        refused = await client.post("run.stop", run=str(person.user_id))

    assert client.screen.stored_text(ack["reply"]) == "First. Last."
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_run")
    headers = client.reply.headers
    assert headers["content-type"].startswith("text/event-stream")
    assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")


async def test_no_deadline_cuts_a_stream_and_a_heartbeat_keeps_it_alive(
    shape: Shape, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forward, "HEAD_DEADLINE_S", 0.5)
    async with behind_gateway(shape, database_url) as served, event_client(served, Person()) as client:
        for _ in range(8):
            await client.until("ping")
        await client.send("Still here")
        await client.until("run.ended")


async def test_the_service_notices_who_left_and_who_is_cut_comes_back(shape: Shape, database_url: str) -> None:
    person = Person()
    async with behind_gateway(shape, database_url) as served:
        async with event_client(served, person) as client:
            ack = await client.send("Hello")
            await client.until("message.created")
        async with asyncio.timeout(5):
            await served.parts.sockets.emptied()
        async with event_client(
            served, person, session=client.session, last_id=client.last_id, screen=client.screen
        ) as again:
            await again.until("message.final")

    assert again.session == client.session
    assert again.screen.stored_text(ack["reply"]) == "Hello, world."


async def test_a_revocation_ends_a_stream_cleanly(shape: Shape, database_url: str) -> None:
    person = Person()
    async with behind_gateway(shape, database_url) as served, event_client(served, person) as client:
        served.auth.feed.revoke("sid", person.session_id)
        async with asyncio.timeout(1):
            assert await client.close_code() == 4401

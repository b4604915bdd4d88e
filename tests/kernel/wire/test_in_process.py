"""What only the in-process transport can get wrong: contexts, tasks left behind, apps that break."""

import asyncio
from contextvars import ContextVar
from datetime import timedelta

import pytest
from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from emergence.kernel.errors import DeadlineExceeded, Unavailable
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.messages import WireRequest

PATIENCE_S = 5
callers_own: ContextVar[str] = ContextVar("callers_own", default="nothing")


def to(app: ASGIApp) -> InProcess:
    return InProcess(app, service="neighbour", tokens=None)


async def body_of(transport: InProcess, path: str = "/") -> bytes:
    async with transport.send(WireRequest("GET", path)) as reply:
        return b"".join([chunk async for chunk in reply.chunks])


async def test_what_the_caller_holds_does_not_leak_into_the_neighbour() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(callers_own.get())(scope, receive, send)

    callers_own.set("a request, a span, a transaction")

    assert await body_of(to(app)) == b"nothing"


async def test_an_app_that_breaks_before_its_head_is_unavailable() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    with pytest.raises(Unavailable, match="neighbour"):
        await body_of(to(app))


async def test_an_app_that_returns_without_an_answer_is_unavailable() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    with pytest.raises(Unavailable):
        await body_of(to(app))


async def test_the_app_hears_of_a_reader_that_left_and_is_gone_when_the_block_ends() -> None:
    heard: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()
        try:
            heard.append((await receive())["type"])
        finally:
            heard.append("gone")

    async with to(app).send(WireRequest("GET", "/")) as reply:
        assert reply.status == 200

    assert heard[-1] == "gone"


async def test_a_head_too_late_cancels_the_app_and_waits_for_it() -> None:
    has_ended = False

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal has_ended
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            has_ended = True

    with pytest.raises(DeadlineExceeded):
        async with to(app).send(WireRequest("GET", "/", deadline=timedelta(milliseconds=50))):
            pass

    assert has_ended


async def test_work_after_a_whole_reply_goes_on_as_over_the_network() -> None:
    may_end, has_ended = asyncio.Event(), asyncio.Event()

    async def afterwards() -> None:
        await may_end.wait()
        has_ended.set()

    transport = to(Response(b"whole", background=BackgroundTask(afterwards)))
    body = await body_of(transport)
    may_end.set()

    assert body == b"whole"
    await asyncio.wait_for(has_ended.wait(), PATIENCE_S)


async def test_closing_ends_work_that_would_not_end() -> None:
    was_cancelled = asyncio.Event()

    async def afterwards() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            was_cancelled.set()

    transport = to(Response(b"whole", background=BackgroundTask(afterwards)))
    await body_of(transport)
    await transport.close()

    assert was_cancelled.is_set()


async def test_reading_after_the_block_tells_instead_of_hanging() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.Event().wait()

    async with to(app).send(WireRequest("GET", "/")) as reply:
        pass

    with pytest.raises(Unavailable):
        await asyncio.wait_for(anext(aiter(reply.chunks)), PATIENCE_S)


async def test_no_task_is_left_behind() -> None:
    before = asyncio.all_tasks()
    for _ in range(20):
        await body_of(to(Response(b"x")))
    await asyncio.sleep(0)

    assert asyncio.all_tasks() <= before

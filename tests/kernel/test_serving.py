"""A served app stops when told to: requests finish, sockets are drained, and nothing hangs."""

import asyncio
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import aiohttp
import pytest
from fastapi import FastAPI, WebSocket
from starlette.requests import Request

from emergence.kernel.listening import Listening, PortTaken
from emergence.kernel.serving import StartFailed, serve
from tests.served_app import served


class Program:
    """The stoppable program, running."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.told: list[str] = []

    async def until(self, event: str) -> str:
        """Return the line that begins with `event`."""
        assert self.process.stdout is not None
        async with asyncio.timeout(15):
            while line := (await self.process.stdout.readline()).decode().strip():
                self.told.append(line)
                if line.startswith(event):
                    return line
        raise AssertionError(f"{event!r} never came; told: {self.told}")

    async def end(self) -> int:
        """Return the exit status once everything has been told."""
        assert self.process.stdout is not None
        async with asyncio.timeout(15):
            self.told += (await self.process.stdout.read()).decode().split("\n")[:-1]
            return await self.process.wait()


@asynccontextmanager
async def program(ending_takes_s: float = 0, drain_time_s: float = 4) -> AsyncIterator[tuple[Program, str]]:
    arguments = ("-m", "tests.kernel.stoppable_program", str(ending_takes_s), str(drain_time_s))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=PIPE)
    running = Program(process)
    try:
        yield running, (await running.until("ready")).removeprefix("ready ")
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_lets_requests_finish_then_drains_sockets_then_ends(number: signal.Signals) -> None:
    async with program() as (running, url), aiohttp.ClientSession() as http, http.ws_connect(f"{url}/ws") as socket:
        asking = asyncio.create_task(http.get(f"{url}/slow"))
        await running.until("request begun")
        running.process.send_signal(number)

        answer = await asking
        farewell = [await socket.receive(), await socket.receive()]
        status = await running.end()

        assert await answer.text() == '"whole"'
        assert [message.data for message in farewell] == ["drain", 4503]
        assert status == 0
        order = [running.told.index(event) for event in ("request done", "draining", "drained", "over")]
        assert order == sorted(order)


async def test_new_connections_are_refused_while_draining() -> None:
    async with program(ending_takes_s=1) as (running, url), aiohttp.ClientSession() as http:
        running.process.send_signal(signal.SIGTERM)
        await running.until("draining")

        with pytest.raises(aiohttp.ClientConnectorError):
            await http.get(f"{url}/slow")


async def test_a_lifespan_that_does_not_end_is_left_behind_in_time() -> None:
    async with program(ending_takes_s=60, drain_time_s=2) as (running, _):
        began = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        status = await running.end()

    assert (status, "drained" in running.told, "over" in running.told) == (0, False, True)
    assert time.monotonic() - began < 4


async def test_a_second_signal_ends_at_once() -> None:
    async with program(ending_takes_s=60, drain_time_s=60) as (running, _):
        running.process.send_signal(signal.SIGTERM)
        await running.until("draining")
        began = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        await running.end()

    assert time.monotonic() - began < 3


async def test_a_taken_port_is_refused_before_the_app_starts(free_port: int) -> None:
    has_started = False

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        nonlocal has_started
        has_started = True
        yield

    listening = Listening("127.0.0.1", free_port)
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", free_port)
    async with server:
        with pytest.raises(PortTaken):
            await serve(FastAPI(lifespan=lifespan), listening, drain_time=timedelta(seconds=1))

    assert not has_started


async def test_a_lifespan_that_fails_at_start_fails_the_start() -> None:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if app.title:
            raise OSError("no room")
        yield

    with pytest.raises(StartFailed):
        await serve(FastAPI(lifespan=lifespan), Listening("127.0.0.1", 0), drain_time=timedelta(seconds=1))


async def test_headers_of_a_proxy_do_not_change_who_the_peer_is() -> None:
    app = FastAPI()

    @app.get("/peer")
    async def peer(request: Request) -> str:
        assert request.client is not None
        return f"{request.client.host} {request.url.scheme}"

    forged = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"}
    async with served(app) as url, aiohttp.ClientSession() as http, http.get(f"{url}/peer", headers=forged) as answer:
        assert await answer.json() == "127.0.0.1 http"
        assert "server" not in answer.headers


async def test_a_socket_message_above_a_mebibyte_closes_the_socket() -> None:
    app = FastAPI()

    @app.websocket("/ws")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        while True:
            await socket.send_text(str(len(await socket.receive_text())))

    async with served(app) as url, aiohttp.ClientSession() as http, http.ws_connect(f"{url}/ws", compress=15) as socket:
        await socket.send_str("x" * 1024 * 1024)
        accepted = await socket.receive()
        await socket.send_str("x" * (1024 * 1024 + 1))
        refused = await socket.receive()

    assert accepted.data == str(1024 * 1024)
    assert (refused.type, refused.data) == (aiohttp.WSMsgType.CLOSE, 1009)
    assert not socket.compress

"""What one connection may take: slow, silent and oversized clients are sent away, patient ones are served."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
import pytest
from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import StreamingResponse

from emergence.kernel.bounded_connection import ClientLimits
from tests.served_app import served

LIMITS = ClientLimits(head_within_s=0.6, body_silence_s=0.6, head_max_bytes=8_192, head_max_fields=20, answer_left_s=1)
ESTABLISHED = 1  # of Linux's tcp_states.h
HEAD = b"POST /count HTTP/1.1\r\nhost: test\r\n"


LARGE = b"x" * 8_000_000  # more than the kernel takes off our hands


async def endless(app: FastAPI) -> AsyncIterator[bytes]:
    app.state.streams = getattr(app.state, "streams", 0) + 1
    try:
        while True:
            yield b"x" * 1_000
            await asyncio.sleep(0.2)
    finally:
        app.state.streams -= 1


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: test\r\n\r\n".encode()


def build() -> FastAPI:
    app = FastAPI()

    @app.post("/count")
    async def count(request: Request) -> int:
        return sum([len(piece) async for piece in request.stream()])

    @app.post("/busy")
    async def busy(request: Request) -> int:
        await asyncio.sleep(1.2)
        return len(await request.body())

    @app.get("/large")
    async def large() -> Response:
        return Response(LARGE)

    @app.get("/asked")
    async def asked() -> int:
        app.state.asked = getattr(app.state, "asked", 0) + 1
        return int(app.state.asked)

    @app.get("/stream")
    async def stream(request: Request) -> StreamingResponse:
        return StreamingResponse(endless(request.app))

    @app.websocket("/flood")
    async def flood(socket: WebSocket) -> None:
        await socket.accept()
        for _ in range(100):
            await socket.send_bytes(b"x" * 100_000)

    @app.websocket("/ws")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())

    return app


@dataclass
class Wire:
    """One raw connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def drip(self, *pieces: bytes, pause_s: float = 0.0) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await asyncio.sleep(pause_s)

    async def answer(self) -> bytes:
        """Return the first line of one answer whose body has a length."""
        async with asyncio.timeout(10):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
            await self.reader.readexactly(int(length))
        return head.split(b"\r\n")[0]

    async def rest(self) -> bytes:
        """Return everything until the server closes."""
        async with asyncio.timeout(10):
            return await self.reader.read()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Wire]:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()


@pytest.fixture
def app() -> FastAPI:
    return build()


@pytest.fixture
async def url(app: FastAPI) -> AsyncIterator[str]:
    async with served(app, limits=LIMITS) as address:
        yield address


async def test_a_connection_that_says_nothing_is_closed(url: str) -> None:
    async with connected(url) as wire:
        assert await wire.rest() == b""


@pytest.mark.parametrize("is_second", [False, True], ids=["first request", "later request"])
async def test_a_head_that_comes_in_drops_is_cut_at_its_deadline(url: str, is_second: bool) -> None:
    async with connected(url) as wire:
        if is_second:
            await wire.drip(HEAD + b"content-length: 0\r\n\r\n")
            assert await wire.answer() == b"HTTP/1.1 200 OK"
        dripping = asyncio.create_task(wire.drip(b"\r\n", HEAD, *[b"x-more: 1\r\n"] * 15, pause_s=0.1))

        assert (await wire.rest()).startswith(b"HTTP/1.1 408 ")
        dripping.cancel()


async def test_a_body_may_be_slow_but_not_silent(url: str) -> None:
    async with connected(url) as slow, connected(url) as silent:
        await silent.drip(HEAD + b"content-length: 5\r\n\r\n", b"x")
        await slow.drip(HEAD + b"content-length: 5\r\n\r\n", *[b"x"] * 5, pause_s=0.3)

        assert await slow.answer() == b"HTTP/1.1 200 OK"
        assert (await silent.rest()).startswith(b"HTTP/1.1 408 ")


async def test_silence_while_the_program_does_not_read_is_not_the_clients(url: str) -> None:
    body = b"x" * 900_000

    async with aiohttp.ClientSession() as http, http.post(f"{url}/busy", data=body) as answer:
        assert (answer.status, await answer.json()) == (200, len(body))


async def test_a_connection_may_rest_between_requests_and_a_socket_for_ever(url: str) -> None:
    async with connected(url) as wire, aiohttp.ClientSession() as http, http.ws_connect(f"{url}/ws") as socket:
        for _ in range(2):
            await wire.drip(HEAD + b"content-length: 1\r\n\r\nx")
            assert await wire.answer() == b"HTTP/1.1 200 OK"
            await asyncio.sleep(1)
        await socket.send_str("Still there")
        assert (await socket.receive()).data == "Still there"


@pytest.mark.parametrize(
    "pieces",
    [
        [HEAD, b"x-long: " + b"x" * 9_000 + b"\r\n\r\n"],
        [HEAD, b"x-endless: ", *[b"x" * 1_000] * 9],
        [b"GET /" + b"x" * 9_000],
        [HEAD, *[b"x-many: 1\r\n"] * 20, b"\r\n"],
        [HEAD, b"transfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nx-trailer: ", *[b"x" * 1_000] * 9],
        [HEAD, b"transfer-encoding: chunked\r\n\r\n1;", *[b"x" * 1_000] * 9],
    ],
    ids=["long field", "endless field", "endless address", "many fields", "endless trailer", "endless extension"],
)
async def test_a_head_that_is_too_large_is_refused_before_it_has_ended(url: str, pieces: list[bytes]) -> None:
    async with connected(url) as wire:
        await wire.drip(*pieces, pause_s=0.01)

        assert (await wire.rest()).startswith(b"HTTP/1.1 431 ")


async def test_what_is_no_http_is_refused(url: str) -> None:
    async with connected(url) as wire:
        await wire.drip(b"\x16\x03\x01 hello")

        assert (await wire.rest()).startswith(b"HTTP/1.1 400 ")


@asynccontextmanager
async def not_reading(url: str, question: bytes) -> AsyncIterator[socket.socket]:
    """Ask, and read nothing of the answer by itself."""
    address = urlsplit(url)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(client, (address.hostname, address.port))
        await loop.sock_sendall(client, question)
        yield client


async def until_cut(client: socket.socket) -> None:
    async with asyncio.timeout(10):
        while not is_over(client):  # noqa: ASYNC110 - the kernel tells nobody
            await asyncio.sleep(0.05)


def is_over(client: socket.socket) -> bool:
    """Return whether the server cut the connection; Linux tells without a byte of it being read."""
    return client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != ESTABLISHED


@pytest.mark.parametrize(
    "question",
    [get("/large"), get("/large") * 40, get("/large").replace(b"1.1", b"1.0")],
    ids=["one", "forty at once", "one that ends the connection"],
)
async def test_an_answer_that_nobody_takes_is_given_up(url: str, question: bytes) -> None:
    async with not_reading(url, question) as client:
        await asyncio.sleep(0.5)
        assert not is_over(client)

        await until_cut(client)


async def test_an_answer_that_is_taken_slowly_comes_whole(url: str) -> None:
    loop, taken = asyncio.get_running_loop(), 0
    async with not_reading(url, get("/large")) as client, asyncio.timeout(30):
        for _ in range(12):  # three times as long as an answer may be left lying
            await asyncio.sleep(0.25)
            for _ in range(10):
                taken += len(await loop.sock_recv(client, 20_000))
        while taken < len(LARGE):
            piece = await loop.sock_recv(client, 1_000_000)
            assert piece, f"cut after {taken}"
            taken += len(piece)


async def test_a_stream_and_a_socket_live_for_as_long_as_they_are_read(url: str) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{url}/stream") as stream, http.ws_connect(f"{url}/flood") as socket_:
            messages = 0
            for _ in range(15):
                await stream.content.readany()
                messages += len((await socket_.receive()).data) // 100_000
                await asyncio.sleep(0.15)
            while messages < 100:
                messages += len((await socket_.receive()).data) // 100_000


async def test_requests_that_come_at_once_are_answered_in_turn(url: str) -> None:
    async with connected(url) as wire:
        await wire.drip(get("/asked") * 60)

        for _ in range(60):
            assert await wire.answer() == b"HTTP/1.1 200 OK"


async def test_no_more_is_read_while_requests_wait(app: FastAPI, url: str) -> None:
    async with connected(url) as wire:
        await wire.drip(get("/stream"), *[get("/asked")] * 12, pause_s=0.02)
        sent = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                while True:
                    wire.writer.write(get("/asked") * 1_000)
                    await wire.writer.drain()
                    sent += 1
        assert sent < 1_000
        wire.writer.transport.abort()
    async with asyncio.timeout(10):
        while app.state.streams:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)


async def test_whoever_sends_hundreds_at_once_is_sent_away(url: str) -> None:
    async with connected(url) as wire:
        await wire.drip(get("/stream") + get("/asked") * 500)

        assert b"/asked" not in await wire.rest()

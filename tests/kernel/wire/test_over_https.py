"""What only the network can do: nobody listens, connections are reused, and the peer closes them."""

import asyncio
from datetime import timedelta

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from emergence.kernel.errors import DeadlineExceeded, Unavailable
from emergence.kernel.wire.messages import WireRequest
from emergence.kernel.wire.over_https import OverHttps
from tests.served_app import served


def to(url: str) -> OverHttps:
    return OverHttps(url, service="neighbour", tokens=None)


async def body_of(transport: OverHttps, path: str = "/") -> bytes:
    async with transport.send(WireRequest("GET", path)) as reply:
        return b"".join([chunk async for chunk in reply.chunks])


async def test_nobody_listening_is_unavailable(free_port: int) -> None:
    transport = to(f"http://127.0.0.1:{free_port}")

    with pytest.raises(Unavailable, match="neighbour"):
        await body_of(transport)
    await transport.close()


async def test_a_peer_that_accepts_and_says_nothing_ends_at_the_deadline() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    transport = to(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    with pytest.raises(DeadlineExceeded):
        async with transport.send(WireRequest("GET", "/", deadline=timedelta(milliseconds=100))):
            pass
    await transport.close()
    server.close()


async def test_a_peer_that_hangs_up_is_unavailable() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    transport = to(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    with pytest.raises(Unavailable):
        async with transport.send(WireRequest("POST", "/", body=b"{}")):
            pass
    await transport.close()
    server.close()


async def test_connections_are_reused_and_opened_again_after_a_close() -> None:
    peers_ports: list[int] = []

    service = FastAPI()

    @service.get("/")
    async def note(request: Request) -> Response:
        assert request.client is not None
        peers_ports.append(request.client.port)
        return Response(b"ok")

    async with served(service) as url:
        transport = to(url)
        await body_of(transport)
        await body_of(transport)
        await transport.close()
        await body_of(transport)
        await transport.close()

    first, second, third = peers_ports
    assert first == second != third


async def test_a_redirect_is_not_followed() -> None:
    service = FastAPI()

    @service.get("/")
    async def elsewhere() -> Response:
        return RedirectResponse("http://127.0.0.1:1/", 307)

    async with served(service) as url:
        transport = to(url)
        async with transport.send(WireRequest("GET", "/")) as reply:
            status = reply.status
        await transport.close()

    assert status == 307

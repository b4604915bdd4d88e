"""A gateway before a service that exists only in tests, reached in process or over the network."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from emergence.gateway.app import build_app
from emergence.gateway.forward import Forward
from emergence.kernel.surroundings import Surroundings
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.messages import Transport
from tests.served_app import served

SERVICE_SECRET = "9c1f0b7e5d3a48261f70c9b8a7d6e5f40312"
Shape = Literal["in_process", "remote"]


@dataclass
class Backend:
    """A service called session; remembers what it saw."""

    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    was_left: asyncio.Event = field(default_factory=asyncio.Event)
    close_codes: list[int] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/threads", self._echo, methods=["GET", "POST", "DELETE"]),
                Route("/api/threads/slow", self._slow),
                Route("/api/session/internal/secret", self._echo),
                Route("/api/ready", self._echo),
                WebSocketRoute("/ws", self._socket),
            ]
        )

    async def _echo(self, request: Request) -> JSONResponse:
        body = await request.body()
        seen = {"method": request.method, "query": request.url.query, "size": len(body), "client": str(request.client)}
        reply = JSONResponse({**seen, "headers": dict(request.headers)}, status_code=201)
        reply.set_cookie("first", "1")
        reply.set_cookie("second", "2")
        return reply

    async def _slow(self, _: Request) -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            try:
                yield b"first"
                await self.let_go.wait()
                yield b"last"
            except asyncio.CancelledError:
                self.was_left.set()
                raise

        return StreamingResponse(chunks())

    async def _socket(self, socket: WebSocket) -> None:
        await socket.accept("emergence.v1")
        try:
            while (text := await socket.receive_text()) != "close":
                await socket.send_text(f"{text}!")
            await socket.close(4401)
        except WebSocketDisconnect as left:
            self.close_codes.append(left.code)


@asynccontextmanager
async def front_door(shape: Shape, backend: Backend, **variables: str) -> AsyncIterator[str]:
    """Yield the address of a served gateway whose session service is `backend`."""
    if shape == "in_process":
        async with served_gateway(backend.app(), **variables) as url:
            yield url
        return
    async with served(backend.app()) as address:
        forward = Forward("session", address)
        try:
            async with served_gateway(forward, **variables) as url:
                yield url
        finally:
            await forward.close()


@asynccontextmanager
async def served_gateway(
    session: ASGIApp, transport: Transport | None = None, /, **variables: str
) -> AsyncIterator[str]:
    environ = {"EMERGENCE_SERVICE_SECRET": SERVICE_SECRET, **variables}
    surroundings = Surroundings(environ=environ)
    surroundings.peers.connect("session", transport or InProcess(session, service="session", tokens=None))

    @asynccontextmanager
    async def nothing() -> AsyncIterator[None]:
        yield

    async with served(build_app(surroundings, {"session": session}, nothing)) as url:
        yield url

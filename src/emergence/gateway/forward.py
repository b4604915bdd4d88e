"""Passes requests and sockets on to a service in another process."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

import aiohttp
import structlog
from starlette.requests import Request
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from yarl import URL

from emergence.contracts.auth.networks import CLIENT, PROOF
from emergence.gateway.headers import HOP_BY_HOP
from emergence.kernel.errors import DeadlineExceeded, Unavailable
from emergence.kernel.google_metadata import GoogleMetadata

log = structlog.get_logger(__name__)

HEAD_DEADLINE_S = 60
SOCKET_MESSAGE_MAX_BYTES = 1024 * 1024
NOT_PASSED_ON = (
    HOP_BY_HOP
    | {"host", "content-length", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
    | {CLIENT, PROOF}
)


class Forward:
    """An ASGI app that is the service at `base_url`; bodies stream both ways."""

    def __init__(self, service: str, base_url: str, platform: GoogleMetadata | None = None) -> None:
        self._service = service
        self._base_url = base_url.rstrip("/")
        self._platform = platform
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._forward_socket(WebSocket(scope, receive, send))
        else:
            await self._forward_request(Request(scope, receive), send)

    async def close(self) -> None:
        """Close pooled connections."""
        if self._session is not None:
            await self._session.close()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                connector=aiohttp.TCPConnector(limit=0, limit_per_host=0),
                timeout=aiohttp.ClientTimeout(total=None, connect=5),
            )
        return self._session

    def _address(self, scope: Scope) -> URL:
        """The path is encoded here, once, and taken as it is: nobody reads dot segments into it."""
        query = scope["query_string"].decode("latin-1")
        path = quote(scope["path"], safe="/:@!$&'()*+,;=~-._")
        return URL(self._base_url + path + (f"?{query}" if query else ""), encoded=True)

    async def _headers(self, request: Request | WebSocket, without: frozenset[str] = frozenset()) -> dict[str, str]:
        headers = _passed_on(request, without)
        return headers if self._platform is None else headers | await self._platform.identity_headers(self._base_url)

    async def _forward_request(self, request: Request, send: Send) -> None:
        has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
        try:
            async with asyncio.timeout(HEAD_DEADLINE_S) as deadline:
                reply = await self._client().request(
                    request.method,
                    self._address(request.scope),
                    headers=await self._headers(request),
                    data=request.stream() if has_body else None,
                    allow_redirects=False,
                )
                deadline.reschedule(None)
        except TimeoutError as late:
            raise DeadlineExceeded() from late
        except aiohttp.ClientError as refused:
            raise Unavailable(
                f"The {self._service} service does not answer right now. Try again in a moment."
            ) from refused
        async with reply:
            await _send_reply(reply, request, send)

    async def _forward_socket(self, socket: WebSocket) -> None:
        offered = list(socket.scope.get("subprotocols", []))
        try:
            upstream = await self._client().ws_connect(
                self._address(socket.scope),
                headers=await self._headers(socket, without=_HANDSHAKE),
                protocols=offered,
                autoping=True,
                max_msg_size=SOCKET_MESSAGE_MAX_BYTES,
                timeout=aiohttp.ClientWSTimeout(ws_close=5),
            )
        except aiohttp.WSServerHandshakeError as refusal:
            await socket.close(1013 if refusal.status >= 500 else 4403)
            return
        except (aiohttp.ClientError, TimeoutError, Unavailable):
            await socket.close(1013)
            return
        async with upstream:
            await socket.accept(upstream.protocol)
            await _join(socket, upstream)


_HANDSHAKE = frozenset(
    {"sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions", "sec-websocket-protocol"}
)


def _passed_on(request: Request | WebSocket, without: frozenset[str]) -> dict[str, str]:
    left_out = NOT_PASSED_ON | without
    headers = {name: value for name, value in request.headers.items() if name not in left_out}
    if "content-length" in request.headers:
        headers["content-length"] = request.headers["content-length"]
    headers |= request.scope["state"].get("vouching", {})
    headers["x-forwarded-for"] = str(request.scope["state"]["forwarded_for"])
    headers["x-forwarded-host"] = request.headers.get("host", "")
    headers["x-forwarded-proto"] = {"ws": "http", "wss": "https"}.get(request.url.scheme, request.url.scheme)
    return headers


async def _send_reply(reply: aiohttp.ClientResponse, request: Request, send: Send) -> None:
    headers = [
        (name.lower(), value) for name, value in reply.raw_headers if name.decode("latin-1").lower() not in HOP_BY_HOP
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    gone = asyncio.create_task(_wait_for_disconnect(request))
    try:
        async for chunk in _until(gone, reply):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if not gone.done():
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        gone.cancel()


async def _wait_for_disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _until(gone: asyncio.Task[None], reply: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    while True:
        reading = asyncio.ensure_future(reply.content.readany())
        await asyncio.wait({reading, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            reading.cancel()
            reply.close()
            return
        chunk = reading.result()
        if not chunk:
            return
        yield chunk


async def _join(socket: WebSocket, upstream: aiohttp.ClientWebSocketResponse) -> None:
    """Carry frames both ways until either side closes, then close the other with the same code."""
    inward = asyncio.create_task(_carry_in(socket, upstream))
    outward = asyncio.create_task(_carry_out(socket, upstream))
    done, pending = await asyncio.wait({inward, outward}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    if outward in done:
        code = upstream.close_code if upstream.close_code not in (None, 1005, 1006) else 1013
        try:
            await socket.close(code)
        except (RuntimeError, WebSocketDisconnect):
            log.debug("socket_already_closed")
    for task in done:
        task.result()


async def _carry_in(socket: WebSocket, upstream: aiohttp.ClientWebSocketResponse) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            code = message.get("code") or 1000
            await upstream.close(code=code if code not in (1005, 1006) else 1000)
            return
        try:
            if message.get("text") is not None:
                await upstream.send_str(message["text"])
            elif message.get("bytes") is not None:
                await upstream.send_bytes(message["bytes"])
        except (aiohttp.ClientError, ConnectionError):
            return


async def _carry_out(socket: WebSocket, upstream: aiohttp.ClientWebSocketResponse) -> None:
    async for message in upstream:
        try:
            if message.type is aiohttp.WSMsgType.TEXT:
                await socket.send_text(message.data)
            elif message.type is aiohttp.WSMsgType.BINARY:
                await socket.send_bytes(message.data)
        except (RuntimeError, WebSocketDisconnect):
            return

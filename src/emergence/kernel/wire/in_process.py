"""Calls a neighbour that lives in the same process: its ASGI app, on the same loop, chunk by chunk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import Context
from urllib.parse import unquote

import structlog
from starlette.types import ASGIApp, Message, Scope

from emergence.kernel.errors import DeadlineExceeded, Unavailable
from emergence.kernel.failure_of import failure_of
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.wire.identify import identified_headers
from emergence.kernel.wire.messages import WireReply, WireRequest

log = structlog.get_logger(__name__)

CHUNKS_AHEAD = 8  # how far a writer may run ahead of its reader
FAREWELL_S = 5.0


class InProcess:
    """The way to a neighbour in this process.

    Behaves as over the network: the neighbour runs in a task and a context of its own, sees only
    what the message carries, and its failures arrive as Unavailable.
    """

    def __init__(self, app: ASGIApp, *, service: str, tokens: ServiceTokens | None) -> None:
        self._app = app
        self._service = service
        self._tokens = tokens
        self._finishing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def send(self, request: WireRequest) -> AsyncIterator[WireReply]:
        """Send and yield the reply as its chunks come; leaving the block cancels the app and waits for it.

        Raises Unavailable when the app fails before its head, DeadlineExceeded when the head takes too long.
        """
        exchange = _Exchange(request, self._service)
        scope = _scope(request, identified_headers(request, self._service, self._tokens), self._service)
        # A fresh context: what this task holds (its request, its span) must not leak into the neighbour's.
        serving = asyncio.create_task(exchange.serve(self._app, scope), context=Context())
        self._finishing.add(serving)
        serving.add_done_callback(self._finishing.discard)
        try:
            try:
                async with asyncio.timeout(request.deadline.total_seconds()):
                    status, headers = await asyncio.shield(exchange.head)
            except TimeoutError as late:
                raise DeadlineExceeded() from late
            yield WireReply(status, headers, exchange.chunks())
        finally:
            await exchange.end(serving)

    async def close(self) -> None:
        """End what the neighbour still does for calls that have returned; its lifespan is not ours."""
        for serving in self._finishing:
            serving.cancel()
        if self._finishing:
            await asyncio.wait(self._finishing, timeout=FAREWELL_S)


class _Exchange:
    """One request and its reply on their way between two tasks."""

    def __init__(self, request: WireRequest, service: str) -> None:
        self._body: bytes | None = request.body
        self._service = service
        self._left = asyncio.Event()
        self._chunks: asyncio.Queue[bytes | None] = asyncio.Queue(CHUNKS_AHEAD)
        self._is_whole = False
        self.head: asyncio.Future[tuple[int, dict[str, str]]] = asyncio.get_running_loop().create_future()

    async def serve(self, app: ASGIApp, scope: Scope) -> None:
        """Run the app; what breaks in it is the neighbour's, and logged here."""
        try:
            if (failed := await failure_of(app(scope, self._receive, self._send))) is not None:
                log.warning("neighbour_broke", service=self._service, exc_info=failed)
        finally:
            if not self.head.done():
                self.head.set_exception(self._unavailable())
                self.head.exception()  # seen: nobody may be waiting any more
            if not self._is_whole:
                await self._put(None)

    async def _receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._left.is_set():
            await asyncio.sleep(0)  # lets the cancellation reach a writer that never waits for anything else
            return
        if message["type"] == "http.response.start":
            pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in message["headers"]]
            self.head.set_result((message["status"], dict(pairs)))
        elif message["type"] == "http.response.body":
            if message.get("body"):
                await self._put(bytes(message["body"]))
            if not message.get("more_body", False):
                self._is_whole = True
                await self._put(None)

    async def _put(self, chunk: bytes | None) -> None:
        if not self._left.is_set():
            await self._chunks.put(chunk)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body's chunks. Raises Unavailable when the app ended before the body did."""
        while (chunk := await self._chunks.get()) is not None:
            yield chunk
        if not self._is_whole:
            raise self._unavailable()

    async def end(self, serving: asyncio.Task[None]) -> None:
        """Tell the app that nobody listens any more; cancel it, and wait, unless its reply is whole.

        After a whole reply the app may still have work of its own, as over the network.
        """
        self._left.set()
        self._empty()  # lets a writer go that waits for room
        if not self._is_whole:
            serving.cancel()
            _, staying = await asyncio.wait({serving}, timeout=FAREWELL_S)
            if staying:
                log.error("neighbour_does_not_stop", service=self._service)
        self._empty()
        self._chunks.put_nowait(None)  # a late reader is told instead of kept waiting

    def _empty(self) -> None:
        while not self._chunks.empty():
            self._chunks.get_nowait()

    def _unavailable(self) -> Unavailable:
        return Unavailable(f"The {self._service} service broke off. Try again in a moment.")


def _scope(request: WireRequest, headers: dict[str, str], service: str) -> Scope:
    path, _, query = request.path.partition("?")
    headers = {"host": service, "content-length": str(len(request.body))} | headers
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        "client": None,
        "server": None,
        "state": {},
    }

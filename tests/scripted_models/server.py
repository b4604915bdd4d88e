"""A model server on loopback that follows a script; the providers' wire formats are its subclasses."""

import argparse
import asyncio
import socket
import struct
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.scripted_models.script import Answer, Exchange, HangUp, Refuse, Script, Step, WebPage, words

SECRET_HEADERS = {"authorization", "x-api-key"}
STREAM_HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}


class ScriptedServer(ABC):
    """An async context manager; `base_url` is what the provider's package takes.

    With `key`, every request with another key or none is rejected as the provider would.
    """

    paths: tuple[str, str]  # where answers and where the list of models are asked for
    prefix: str

    def __init__(self, script: Script | None = None, *, key: str | None = None, port: int = 0) -> None:
        self.script = script or Script()
        self.exchanges: list[Exchange] = []
        self.asked = asyncio.Event()  # set from the first request on
        self.refuses_list: Refuse | None = None  # the answer to a question for the models
        self._key = key
        self._port = port
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post(self.paths[0], self._answer)
        app.router.add_get(self.paths[1], self._list)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}{self.prefix}"

    @abstractmethod
    def read(self, body: dict[str, object]) -> tuple[str, list[tuple[str, str]]]:
        """Return the system prompt and the turns of a request."""

    @abstractmethod
    def objection(self, request: web.Request, body: dict[str, object]) -> str | None:
        """Return why the real provider would refuse `body`, or None."""

    @abstractmethod
    def error_body(self, refuse: Refuse) -> dict[str, object]:
        """Return the JSON of an error answer."""

    @abstractmethod
    def models(self) -> dict[str, object]:
        """Return the JSON of the list of models."""

    @abstractmethod
    def opening(self, answer: Answer, exchange: Exchange) -> list[bytes]:
        """Return what is sent before the first token."""

    @abstractmethod
    def token(self, text: str, exchange: Exchange) -> bytes:
        """Return one token on the wire."""

    @abstractmethod
    def closing(self, answer: Answer, exchange: Exchange) -> list[bytes]:
        """Return what is sent after the last token when the model finishes."""

    @abstractmethod
    def error_event(self, exchange: Exchange) -> bytes:
        """Return an error in the middle of a stream."""

    @abstractmethod
    def wrong_shape(self) -> bytes:
        """Return valid JSON that is not of this protocol, in a well-formed event."""

    def garbage(self, exchange: Exchange) -> bytes:
        return self.token("unfinished", exchange)[:-20] + b"\n\n"

    async def _list(self, request: web.Request) -> web.Response:
        if not self._is_admitted(request):
            return self._refused(Refuse(401))
        return self._refused(self.refuses_list) if self.refuses_list else web.json_response(self.models())

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body: dict[str, object] = await request.json()
        exchange = self._note(request, body)
        try:
            if not self._is_admitted(request):
                return self._refused(Refuse(401))
            if objection := self.objection(request, body):
                return self._refused(Refuse(400, message=objection))
            return await self._perform(self.script.next_step(), request, exchange)
        except (asyncio.CancelledError, ConnectionError):
            exchange.disconnected_at_s = asyncio.get_running_loop().time()
            raise
        finally:
            exchange.finished.set()

    async def _perform(self, step: Step, request: web.Request, exchange: Exchange) -> web.StreamResponse:
        match step:
            case Refuse():
                return self._refused(step)
            case WebPage():
                return web.Response(text="<html><body>Welcome</body></html>", content_type="text/html")
            case HangUp():
                reset(request)
                return web.Response()
            case Answer():
                return await self._stream(step, request, exchange)

    async def _stream(self, answer: Answer, request: web.Request, exchange: Exchange) -> web.StreamResponse:
        response = web.StreamResponse(headers={**STREAM_HEADERS, **self.request_id_header()})
        await response.prepare(request)
        for part in self.opening(answer, exchange):
            await response.write(part)
        await asyncio.sleep(answer.first_token_after.total_seconds())
        await self._send_tokens(answer, response, exchange)
        match answer.ending:
            case "reset":
                await asyncio.sleep(0.05)  # a reset throws away what the reader has not yet taken
                reset(request)
            case "garbage":
                await response.write(self.garbage(exchange))
            case "wrong_shape":
                await response.write(self.wrong_shape())
            case "error_event":
                await response.write(self.error_event(exchange))
            case "silence":
                await asyncio.sleep(3600)
            case "end" | "max_tokens" | "refusal":
                for part in self.closing(answer, exchange):
                    await response.write(part)
            case "eof":
                pass
        return response

    async def _send_tokens(self, answer: Answer, response: web.StreamResponse, exchange: Exchange) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        for index, text in enumerate(answer.tokens):
            if answer.rate:  # by the clock, not by adding sleeps up, so that the rate is exact
                await asyncio.sleep(max(0.0, started + index / answer.rate - loop.time()))
            await response.write(self.token(text, exchange))
            exchange.tokens_sent += 1

    def request_id_header(self) -> dict[str, str]:
        return {"x-request-id": "req_scripted"}

    def _refused(self, refuse: Refuse) -> web.Response:
        headers = {**self.request_id_header(), **refuse.headers}
        return web.json_response(self.error_body(refuse), status=refuse.status, headers=headers)

    def _is_admitted(self, request: web.Request) -> bool:
        given = request.headers.get("x-api-key") or request.headers.get("Authorization", "").removeprefix("Bearer ")
        return self._key is None or given == self._key

    def _note(self, request: web.Request, body: dict[str, object]) -> Exchange:
        system, turns = self.read(body)
        exchange = Exchange(
            path=request.path,
            model=str(body.get("model")),
            system=system,
            turns=turns,
            body=body,
            headers={k.lower(): v for k, v in request.headers.items() if k.lower() not in SECRET_HEADERS},
            had_key=any(name in request.headers for name in SECRET_HEADERS),
            received_at_s=asyncio.get_running_loop().time(),
        )
        self.exchanges.append(exchange)
        self.asked.set()
        return exchange


def reset(request: web.Request) -> None:
    """Send a TCP reset instead of an orderly end."""
    assert request.transport is not None
    connection = request.transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()


def run_from_shell(kind: type[ScriptedServer], arguments: Sequence[str] | None = None) -> None:
    """Serve answers of a given length and speed until interrupted; print the address first."""
    parser = argparse.ArgumentParser(description=kind.__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--tokens", type=int, default=300)
    parser.add_argument("--rate", type=float, default=100, help="tokens a second; 0: no pause")
    parser.add_argument("--key", default=None, help="reject every other key")
    given = parser.parse_args(arguments)

    async def serve() -> None:
        script = Script(otherwise=Answer(tokens=words(given.tokens), rate=given.rate))
        async with kind(script, key=given.key, port=given.port) as server:
            print(server.base_url, flush=True)
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())

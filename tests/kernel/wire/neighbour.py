"""A service with every way of answering and of failing, and a typed client that calls it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import timedelta

from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel, TypeAdapter
from starlette.responses import Response, StreamingResponse

from emergence.kernel.errors import InvalidRequest, ServiceError, Unavailable
from emergence.kernel.logs import request_id
from emergence.kernel.service_app import service_app
from emergence.kernel.service_tokens import calling_service
from emergence.kernel.wire.client import REPLY_MAX_BYTES, PeerCall, PeerClient
from emergence.kernel.wire.ndjson import NdjsonResponse
from tests.kernel.service_plans import plan


class Word(BaseModel):
    word: str


WORD: TypeAdapter[Word] = TypeAdapter(Word)


class OutOfStock(ServiceError):
    """Declared here only, as a contract would."""

    code = "test_out_of_stock"
    status = 409
    sentence = "There is nothing left."


class Neighbour:
    """The app, and what it saw."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.may_go_on = asyncio.Event()
        self.stopped = asyncio.Event()
        self.written = 0
        self.app = self._build()

    async def words(self) -> AsyncIterator[Word]:
        """Say one word, wait to be told to go on, say another; note when nobody listens any more."""
        try:
            yield Word(word="first")
            await self.may_go_on.wait()
            yield Word(word="last")
        finally:
            self.stopped.set()

    async def endless(self) -> AsyncIterator[Word]:
        try:
            while True:
                yield Word(word="x" * 100_000)
                self.written += 1
        finally:
            self.stopped.set()

    def _build(self) -> FastAPI:
        app = service_app(plan("neighbour"))
        self._add_answers(app)
        self._add_streams(app)
        self._add_failures(app)
        return app

    def _add_answers(self, app: FastAPI) -> None:
        @app.post("/echo")
        async def echo(word: Word) -> Word:
            return word

        @app.get("/words/{word}")
        async def one_word(word: str, times: int = 1) -> Word:
            return Word(word=word * times)

        @app.get("/request-id")
        async def show_request_id() -> Word:
            return Word(word=str(request_id()))

        @app.get("/caller")
        async def show_caller(caller: str = Depends(calling_service("neighbour"))) -> Word:
            return Word(word=caller)

        @app.get("/authorization")
        async def show_authorization(request: Request) -> Word:
            return Word(word=request.headers.get("authorization", ""))

        @app.get("/elsewhere")
        async def for_another_service(caller: str = Depends(calling_service("elsewhere"))) -> Word:
            return Word(word=caller)

    def _add_streams(self, app: FastAPI) -> None:
        @app.post("/words")
        async def stream_words() -> Response:
            return NdjsonResponse(self.words())

        @app.get("/endless")
        async def stream_for_ever() -> Response:
            return NdjsonResponse(self.endless())

        @app.get("/cut")
        async def cut_in_a_line() -> Response:
            async def lines() -> AsyncIterator[bytes]:
                yield b'{"word": "whole"}\n{"word": "ha'
                raise RuntimeError("the writer dies")

            return StreamingResponse(lines())

        @app.get("/ends-in-a-line")
        async def end_in_a_line() -> Response:
            return Response(b'{"word": "whole"}\n{"word": "ha')

        @app.get("/gibberish")
        async def gibberish() -> Response:
            return Response(b'{"wort": 1}\n')

    def _add_failures(self, app: FastAPI) -> None:
        @app.get("/problem")
        async def problem() -> Word:
            raise OutOfStock("Sold out on Monday.", members={"left": 0})

        @app.get("/malformed")
        async def malformed() -> Word:
            raise InvalidRequest(members={"errors": [{"place": "body.word", "reason": "is required"}]})

        @app.get("/unknown-code")
        async def unknown_code() -> Response:
            body = b'{"code": "from_the_future", "detail": "You cannot know this yet.", "colour": "blue"}'
            return Response(body, status_code=418, media_type="application/problem+json")

        @app.get("/not-a-problem")
        async def not_a_problem() -> Response:
            return Response(b"<html>Bad gateway</html>", status_code=502)

        @app.get("/large")
        async def large() -> Response:
            return Response(b"x" * (REPLY_MAX_BYTES + 1))

        @app.get("/broken")
        async def broken() -> Word:
            raise ZeroDivisionError("a value that nobody may see")

        @app.get("/silent")
        async def silent() -> Word:
            await self.may_go_on.wait()
            return Word(word="too late")

        @app.api_route("/flaky", methods=["GET", "POST"])
        async def flaky(request: Request) -> Word:
            self.calls.append(request.method)
            if len(self.calls) == 1:
                raise Unavailable("Not yet.", retry_after_s=7)
            return Word(word="at last")


class NeighbourClient(PeerClient):
    """Calls the neighbour as a contract's client would."""

    service = "neighbour"

    async def word(self, path: str, *, body: Word | None = None, idempotent: bool = False) -> Word:
        return await self.call(PeerCall("POST" if body else "GET", path, body, idempotent), Word)

    async def soon(self, path: str, deadline: timedelta) -> Word:
        return await self.call(PeerCall("GET", path, deadline=deadline), Word)

    def words(self, path: str = "/words", method: str = "POST") -> AsyncGenerator[Word, None]:
        return self.stream(PeerCall(method, path), WORD)

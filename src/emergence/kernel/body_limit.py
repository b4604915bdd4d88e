"""Refuse request bodies above the limit of their route, whether or not they say how long they are."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emergence.kernel.errors import RequestTooLarge
from emergence.kernel.problems import problem_response

DEFAULT_BODY_LIMIT_BYTES = 1024 * 1024


class BodyLimit:
    """ASGI middleware: answers 413 before or while a body that is too large arrives.

    `larger` maps path prefixes to limits in bytes; the longest matching prefix wins.
    """

    def __init__(self, app: ASGIApp, default_bytes: int, larger: Mapping[str, int]) -> None:
        self.app = app
        self.default_bytes = default_bytes
        self.larger = sorted(larger.items(), key=lambda entry: len(entry[0]), reverse=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        if _declared_length(scope) > limit:
            await _refuse(scope, receive, send, limit)
            return
        await _CountedBody(self.app, limit).run(scope, receive, send)

    def _limit(self, path: str) -> int:
        return next((limit for prefix, limit in self.larger if path.startswith(prefix)), self.default_bytes)


class _CountedBody:
    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit
        self.seen = 0
        self.has_started = False

    @property
    def is_refused(self) -> bool:
        return self.seen > self.limit and not self.has_started

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted() -> Message:
            message = await receive()
            self.seen += len(message.get("body", b""))
            if self.seen > self.limit:
                raise RequestTooLarge()
            return message

        async def unless_refused(message: Message) -> None:
            # Frameworks turn the error above into answers of their own; ours replaces them.
            if not self.is_refused:
                self.has_started = True
                await send(message)

        try:
            await self.app(scope, counted, unless_refused)
        except RequestTooLarge:
            if not self.is_refused:
                raise
        if self.is_refused:
            await _refuse(scope, receive, send, self.limit)


def _declared_length(scope: Scope) -> int:
    declared = Headers(scope=scope).get("content-length", "")
    return int(declared) if declared.isascii() and declared.isdigit() else 0


async def _refuse(scope: Scope, receive: Receive, send: Send, limit: int) -> None:
    refusal = RequestTooLarge(members={"limit_bytes": limit})
    await problem_response(refusal)(scope, receive, send)

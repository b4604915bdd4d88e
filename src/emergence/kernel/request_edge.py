"""The edge of every request: it gets an id here, no exception leaves without being logged, no answer is stored."""

import re

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emergence.kernel.errors import ServiceError
from emergence.kernel.ids import new_id
from emergence.kernel.logs import AlreadyLogged, set_request_id
from emergence.kernel.problems import problem_response

log = structlog.get_logger(__name__)

REQUEST_ID_HEADER = "x-request-id"
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestEdge:
    """ASGI middleware: names requests, echoes the names, keeps answers private, makes a 500 of what nobody caught."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        name = _named(scope)
        set_request_id(name)
        has_started = False

        async def echoing(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID_HEADER] = name
                keep_private(scope["path"], headers)
            elif message["type"] == "websocket.accept":
                has_started = True
            await send(message)

        try:
            await self.app(scope, receive, echoing)
        except ClientDisconnect:
            log.info("client_left", path=scope["path"])
        except AlreadyLogged:
            raise
        except Exception as unforeseen:
            log.error("request_broke", path=scope["path"], exc_info=True)
            if scope["type"] == "websocket" or has_started:
                # The server must cut the connection: a half answer must not look like a whole one.
                raise AlreadyLogged() from unforeseen
            await problem_response(ServiceError())(scope, receive, echoing)


def keep_private(path: str, headers: MutableHeaders) -> None:
    """Let no cache store what is answered below /api/, which is somebody's own, unless the answer says what may."""
    if path.startswith("/api/"):
        headers.setdefault("cache-control", "no-store")


def _named(scope: Scope) -> str:
    """Return the request's id and leave it in the scope, where a mounted or neighbouring app finds it."""
    given = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
    if SANE_REQUEST_ID.fullmatch(given):
        return given
    name = str(new_id())
    others = [(key, value) for key, value in scope["headers"] if key != REQUEST_ID_HEADER.encode()]
    scope["headers"] = [*others, (REQUEST_ID_HEADER.encode(), name.encode())]
    return name

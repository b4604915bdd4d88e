"""An HTTP connection of which a client can neither hold the head open, nor fill memory with it, nor fall silent."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """What one connection may take; times in seconds. Browsers and proxies stay far below each of them."""

    head_within_s: float = 10
    body_silence_s: float = 30
    head_max_bytes: int = 64 * 1024  # of the request line and the headers, and of a body's trailers
    head_max_fields: int = 100


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's protocol with deadlines and sizes; one deadline at a time, and none for a head that comes whole."""

    limits = ClientLimits()
    _deadline: asyncio.TimerHandle | None = None
    _is_body_open = False  # the head came whole, the message has not ended
    _is_handed_over = False  # to the WebSocket protocol
    _is_too_large = False
    _fed_bytes = 0  # since the parser last had something to show for it
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_by(self.limits.head_within_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self._is_handed_over = True
        self._expect_nothing()
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        self._fed_bytes += len(data)
        super().data_received(data)
        if self._is_handed_over or self.transport.is_closing():
            return
        if self._fed_bytes > self.limits.head_max_bytes:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._is_body_open:
            self._expect_nothing()
            self._expect_by(self.limits.body_silence_s)
        elif self._is_head_due():
            if self._deadline is None:
                self._expect_by(self.limits.head_within_s)
        else:
            self._expect_nothing()

    def _is_head_due(self) -> bool:
        """Return whether the client has begun to ask, and not asked yet; between requests uvicorn's own timer runs."""
        return self.cycle is None or (self.cycle.response_complete and self.timeout_keep_alive_task is None)

    def _expect_by(self, within_s: float) -> None:
        self._deadline = self.loop.call_later(within_s, self._give_up)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if self.flow.read_paused:  # the silence is ours: the app does not take what has come
            self._expect_by(self.limits.body_silence_s)
        elif self._fed_bytes or self._is_body_open:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.close()  # opened ahead of need by a browser, or left

    def _refuse(self, status: HTTPStatus) -> None:
        self._expect_nothing()
        log.info("client_refused", status=int(status))
        if self._is_unanswered() and not self.transport.is_closing():
            status_line = f"HTTP/1.1 {status.value} {status.phrase}"
            self.transport.write(f"{status_line}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        self.transport.close()

    def _is_unanswered(self) -> bool:
        return self.cycle is None or (
            not self.cycle.response_started if self._is_body_open else self.cycle.response_complete
        )

    # What the parser calls

    def send_400_response(self, msg: str) -> None:
        if self._is_too_large:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        else:
            self._expect_nothing()
            super().send_400_response(msg)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._count_head(len(name) + len(value))

    def _count_head(self, size_bytes: int) -> None:
        self._head_bytes += size_bytes
        if self._head_bytes > self.limits.head_max_bytes or len(self.headers) > self.limits.head_max_fields:
            self._is_too_large = True
            raise ValueError("head too large")  # ends the parsing; the parser answers through send_400_response

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._fed_bytes = 0
        self._is_body_open = True

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._fed_bytes = 0

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._fed_bytes = 0
        self._is_body_open = False


def bounded_by(limits: ClientLimits) -> type[BoundedConnection]:
    """Return the protocol with these limits; uvicorn makes one for each connection."""
    return type("BoundedConnection", (BoundedConnection,), {"limits": limits})

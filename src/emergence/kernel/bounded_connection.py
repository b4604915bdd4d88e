"""An HTTP connection that a client can neither hold open by half a question or an answer left lying, nor fill."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from emergence.kernel.untaken import cut, untaken_bytes

log = structlog.get_logger(__name__)

LOOKS = 4  # at whether an answer is taken, in the time that it may be left lying


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """What one connection may take; times in seconds. Browsers and proxies stay far below each of them."""

    head_within_s: float = 10
    body_silence_s: float = 30
    head_max_bytes: int = 64 * 1024  # of the request line and the headers, and of a body's trailers
    head_max_fields: int = 100
    answer_left_s: float = 60  # of an answer that waits to be taken, without a byte of it being taken
    waiting_requests: int = 8  # behind the one that is being answered; beyond it nothing more is read
    waiting_requests_max: int = 100  # that come in one piece


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's protocol with deadlines and sizes; one deadline at a time, and none for a head that comes whole."""

    limits = ClientLimits()
    _deadline: asyncio.TimerHandle | None = None
    _is_body_open = False  # the head came whole, the message has not ended
    _is_handed_over = False  # to the WebSocket protocol
    _is_too_large = False
    _fed_bytes = 0  # since the parser last had something to show for it
    _head_bytes = 0
    _has_piled_up = False
    _being_answered: RequestResponseCycle | None = None
    _taking: asyncio.TimerHandle | None = None
    _untaken_bytes = 0  # when the client last took something, as far as was looked
    _looks_left = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = _NoMoreThanAFew(self)
        self._expect_by(self.limits.head_within_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        self._stop_watching()
        super().connection_lost(exc)
        if self._being_answered is not None and not self._being_answered.response_complete:
            # uvicorn tells the request that came last, which may be waiting behind this one
            self._being_answered.disconnected = True
            self._being_answered.message_event.set()

    def handle_websocket_upgrade(self) -> None:
        self._is_handed_over = True
        self._expect_nothing()
        self._stop_watching()
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
        self._watch_taking()

    def _is_unanswered(self) -> bool:
        return self.cycle is None or (
            not self.cycle.response_started if self._is_body_open else self.cycle.response_complete
        )

    # Answers that are not taken

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_taking()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch_taking()  # the end may still lie here; a connection that closes waits for it without an end

    def _watch_taking(self) -> None:
        self._stop_watching()
        if self.transport.get_write_buffer_size() and not self._is_handed_over:
            self._untaken_bytes, self._looks_left = untaken_bytes(self.transport), LOOKS
            self._look_again()

    def _look_again(self) -> None:
        self._taking = self.loop.call_later(self.limits.answer_left_s / LOOKS, self._look_at_taking)

    def _look_at_taking(self) -> None:
        """End the connection if nothing was taken; what is taken slowly goes on."""
        self._taking = None
        left_bytes = untaken_bytes(self.transport)
        # Only while nobody writes can the same size mean that nothing was taken.
        is_still = self.flow.write_paused or self._is_answered() or self.transport.is_closing()
        if not is_still or left_bytes < self._untaken_bytes:
            self._watch_taking()
            return
        self._looks_left -= 1
        if self._looks_left:
            self._look_again()
        else:
            log.info("client_took_no_answer", left_bytes=left_bytes)
            cut(self.transport)

    def _is_answered(self) -> bool:
        return self._being_answered is None or self._being_answered.response_complete

    def _stop_watching(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    # Requests that come before the one ahead was answered

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._being_answered = cycle
        super()._start_asgi_task(cycle, app)

    # What the parser calls

    def send_400_response(self, msg: str) -> None:
        if self._has_piled_up:
            self._refuse(HTTPStatus.TOO_MANY_REQUESTS)
        elif self._is_too_large:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        else:
            self._expect_nothing()
            super().send_400_response(msg)
            self._watch_taking()

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= self.limits.waiting_requests_max:
            self._has_piled_up = True
            raise ValueError("too many requests at once")  # ends the parsing
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


class _NoMoreThanAFew(FlowControl):
    """uvicorn's own, which reads on whenever a request is answered, however many wait behind it."""

    def __init__(self, connection: BoundedConnection) -> None:
        super().__init__(connection.transport)
        self._connection = connection

    def resume_reading(self) -> None:
        if len(self._connection.pipeline) <= self._connection.limits.waiting_requests:
            super().resume_reading()


def bounded_by(limits: ClientLimits) -> type[BoundedConnection]:
    """Return the protocol with these limits; uvicorn makes one for each connection."""
    return type("BoundedConnection", (BoundedConnection,), {"limits": limits})

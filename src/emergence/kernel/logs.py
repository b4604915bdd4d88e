"""Structured logs: one JSON object a line with the request's id, never content, tokens or mail addresses."""

import logging
import sys
from contextvars import ContextVar
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from emergence.kernel.tracebacks import add_told_exception, exception_as_text

LogFormat = Literal["json", "text"]

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

NEVER_LOGGED = frozenset(
    {"password", "token", "secret", "authorization", "cookie", "ticket", "credential", "email", "text", "body"}
)
NEVER_LOGGED_ENDINGS = (
    "_password",
    "_token",
    "_secret",
    "_key",
    "_ticket",
    "_credential",
    "_email",
    "_cookie",
    "_text",
)
CHATTY = (
    "uvicorn.access",
    "uvicorn.error",
    "asyncio",
    "httpx",
    "httpcore",
    "httpx2",
    "httpcore2",
    "openai",
    "anthropic",
    "aiohttp.access",
    "websockets.client",  # at DEBUG it writes every header, tickets too
    "websockets.server",
)

UVICORNS_FAREWELL = "Application startup failed. Exiting."  # the command says so itself, with the reason


class AlreadyLogged(Exception):
    """Ends a connection after its cause was logged; servers' own lines about it are dropped."""


def request_id() -> str | None:
    """Return the id of the request that this task serves, or None outside one."""
    return _request_id.get()


def set_request_id(value: str | None) -> None:
    """Name the request that this task serves from here on."""
    _request_id.set(value)


def _add_request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if current := _request_id.get():
        event.setdefault("request_id", current)
    return event


def _hide_forbidden(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for name in event:
        if name in NEVER_LOGGED or name.endswith(NEVER_LOGGED_ENDINGS):
            event[name] = "(hidden)"
    return event


def _is_news(record: logging.LogRecord) -> bool:
    if record.exc_info and isinstance(record.exc_info[1], AlreadyLogged):
        return False
    return record.msg != UVICORNS_FAREWELL


def configure_logs(level: str = "INFO", form: LogFormat = "json", service: str = "emergence") -> None:
    """Send our logs and the libraries' to stderr in one form. Idempotent.

    `service` names the process in every line; the logger's name says which part of it speaks.
    """

    def add_service(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event.setdefault("service", service)
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
        _add_request_id,
        _hide_forbidden,
    ]
    _send_to_stderr(level, form, shared)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


class _CurrentStderr(logging.StreamHandler[TextIO]):
    """Writes to whatever stderr is now: it may be redirected after the logs were configured."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def _send_to_stderr(level: str, form: LogFormat, shared: list[Processor]) -> None:
    output = _CurrentStderr()
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _make_exc_info,
                add_told_exception,
                *_renderers(form),
            ],
        )
    )
    output.addFilter(_is_news)
    root = logging.getLogger()
    root.handlers[:] = [output]
    root.setLevel(level)


def _make_exc_info(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Take the error that is being handled when a log call says only `exc_info=True`."""
    if event.get("exc_info") is True:
        event["exc_info"] = sys.exc_info()
    return event


def _renderers(form: LogFormat) -> list[Processor]:
    if form == "json":
        return [structlog.processors.JSONRenderer()]
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    return [exception_as_text, console]

"""Structured logs: one JSON object a line with the request's id, never content, tokens or mail addresses."""

import logging
import sys
from contextvars import ContextVar
from typing import Literal

import structlog
from structlog.typing import EventDict, WrappedLogger

LogFormat = Literal["json", "text"]

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

NEVER_LOGGED = frozenset(
    {
        "password",
        "token",
        "secret",
        "authorization",
        "cookie",
        "ticket",
        "credential",
        "api_key",
        "email",
        "text",
        "body",
    }
)


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
    for name in NEVER_LOGGED & event.keys():
        event[name] = "(hidden)"
    return event


def _is_news(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], AlreadyLogged))


def configure_logs(level: str = "INFO", form: LogFormat = "json", service: str = "emergence") -> None:
    """Send our logs and the libraries' to stderr in one form. Idempotent."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
        _hide_forbidden,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.dict_tracebacks if form == "json" else structlog.processors.format_exc_info,
            renderer,
        ],
    )
    output = logging.StreamHandler(sys.stderr)
    output.setFormatter(formatter)
    output.addFilter(_is_news)
    root = logging.getLogger()
    root.handlers[:] = [output]
    root.setLevel(level)
    for chatty in (
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
    ):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(service=service)

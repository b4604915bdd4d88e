"""Tell what broke and where, without the values: no local variables, no second line of any message.

Libraries put what they were given on the later lines of their messages (pydantic `input_value`,
PostgreSQL `DETAIL: Key (email)=(…)`); the first line names the kind of failure. The interpreter
quotes values in the messages of ValueError and LookupError; those quotations are emptied. PostgreSQL
and its driver quote in the first line itself what they cannot take, words of a whole text among it: of
PostgreSQL's errors only kind and SQLSTATE are told, of what the driver refuses only the kind.
"""

import re
import traceback
from collections.abc import Iterator

from structlog.typing import EventDict, ExcInfo, WrappedLogger

MESSAGE_MAX_CHARACTERS = 300
FRAMES_MAX = 30
CAUSES_MAX = 8
QUOTING_VALUES = (ValueError, LookupError)
DRIVER = "asyncpg."  # known by its name: whoever logs need not load a driver
FROM_SERVER, REFUSED_VALUE = "PostgresError", "DataError"  # the driver's own DataError is none of the server's
QUOTATION = re.compile(r"(?<!\w)(['\"]).*\1")


def told_exception(error: BaseException) -> list[dict[str, object]]:
    """Return the error and what caused it, outermost first: type, first line of the message, frames."""
    return [
        {
            "type": f"{type(found).__module__}.{type(found).__qualname__}".removeprefix("builtins."),
            "message": _first_line(found),
            "frames": [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(found.__traceback__)[-FRAMES_MAX:]
            ],
        }
        for found in _with_causes(error)
    ]


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    waiting, seen = [error], set[int]()
    while waiting and len(seen) < CAUSES_MAX:
        found = waiting.pop(0)
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        if isinstance(found, BaseExceptionGroup):
            waiting.extend(found.exceptions)
        cause = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
        if cause is not None:
            waiting.append(cause)


def _first_line(error: BaseException) -> str:
    of_driver = {kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith(DRIVER)}
    if FROM_SERVER in of_driver:
        return f"SQLSTATE {getattr(error, 'sqlstate', None)}"
    if REFUSED_VALUE in of_driver:
        return "…"
    lines = str(error).splitlines()
    line = lines[0] if lines else ""
    if isinstance(error, QUOTING_VALUES):
        line = QUOTATION.sub("'…'", line)
    return line[:MESSAGE_MAX_CHARACTERS]


def add_told_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace `exc_info` of a log event by what may be told of it."""
    error = _error(event.pop("exc_info", None))
    if error is not None:
        event["exception"] = told_exception(error)
    return event


def exception_as_text(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Render a told exception for a terminal."""
    told = event.get("exception")
    if isinstance(told, list):
        lines = [f"{found['type']}: {found['message']}\n    " + "\n    ".join(found["frames"]) for found in told]
        event["exception"] = "\n  caused by ".join(lines)
    return event


def _error(exc_info: ExcInfo | BaseException | object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple) and len(exc_info) == 3 and isinstance(exc_info[1], BaseException):
        return exc_info[1]
    return None

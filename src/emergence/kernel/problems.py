"""Errors on their way out: every refusal of every route is one RFC 9457 problem document."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.websockets import WebSocket

from emergence.kernel.errors import PROBLEM_CONTENT_TYPE, InvalidRequest, NotFound, ServiceError
from emergence.kernel.logs import request_id

log = structlog.get_logger(__name__)

FRAMEWORK_CODES = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    405: "method_not_allowed",
    413: "request_too_large",
    415: "unsupported_media_type",
}
# What pydantic interpolates into its sentences under these names comes from the input.
REVEALING_CONTEXT = frozenset({"error", "tag", "actual_length"})
SENTENCES = {
    "string_too_short": "too short (at least {min_length})",
    "string_too_long": "too long (at most {max_length})",
    "too_short": "too short (at least {min_length})",  # of what is kept as a secret, too
    "too_long": "too long (at most {max_length})",
    "string_pattern_mismatch": "does not have the form that is asked for",
}
TOLD_AT_MOST = 3  # the others stand in `errors`
PLACES_FROM_INPUT = frozenset({"extra_forbidden", "invalid_key", "unexpected_keyword_argument"})


class InvalidPlace(BaseModel):
    """One place of the input that was not accepted, and why; never what stood there."""

    place: str
    reason: str


class Problem(BaseModel):
    """A refusal (RFC 9457): switch on `code`, show `title` or `detail` to a person."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str | None = None
    trace_id: str | None = Field(default=None, description="the request's id, as in x-request-id and in the logs")
    errors: list[InvalidPlace] | None = Field(default=None, description="with code invalid_request only")


DOCUMENTED_PROBLEM: Mapping[int | str, dict[str, Any]] = {
    "default": {
        "description": "Refused, with the reason.",
        "content": {PROBLEM_CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def problem_response(error: ServiceError) -> Response:
    """Return the answer that carries `error`; the request's id is its trace id and names the occurrence."""
    name = request_id()
    document = error.problem(instance=f"urn:emergence:request:{name}" if name else None, trace_id=name)
    return Response(
        msgspec.json.encode(document),
        status_code=error.status,
        headers={"cache-control": "no-store", **error.headers},
        media_type=PROBLEM_CONTENT_TYPE,
    )


def answer_with_problems(app: FastAPI) -> None:
    """Make every refusal of `app` a problem document, also the framework's own."""
    app.add_exception_handler(ServiceError, _on_service_error)
    app.add_exception_handler(HTTPException, _on_framework_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(WebSocketRequestValidationError, _on_invalid_request)


async def _on_service_error(_: Request | WebSocket, error: Exception) -> Response:
    assert isinstance(error, ServiceError)
    if error.status >= 500:
        log.warning("request_failed", code=error.code, cause=type(error.__cause__).__name__)
    return problem_response(error)


async def _on_framework_error(request: Request | WebSocket, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refusal = _service_error(error)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        refusal.headers["Allow"] = _allowed_methods(request)
    return problem_response(refusal)


def _allowed_methods(request: Request | WebSocket) -> str:
    """Return the methods of every route at this path (RFC 9110 §15.5.6); the framework names those of one route."""
    path = request.url.path
    here = (
        route for route in iter_route_contexts(request.app.routes) if route.methods and route.path_regex.match(path)
    )
    return ", ".join(sorted({method for route in here for method in route.methods or ()}))


async def _on_invalid_request(_: Request | WebSocket, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError | WebSocketRequestValidationError)
    places = invalid_places(error.errors())
    return problem_response(InvalidRequest(invalid_sentence(places), members={"errors": places}))


def invalid_places(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return pydantic's errors as places and reasons, without anything that the caller sent."""
    return [InvalidPlace(place=_place(error), reason=_reason(error)).model_dump() for error in errors]


def invalid_sentence(places: Sequence[Mapping[str, str]]) -> str | None:
    """Return one sentence that names each place and what is wrong with it: `email: is required.`"""
    told = [f"{_told_place(each['place'])}: {each['reason']}" for each in places[:TOLD_AT_MOST]]
    more = [f"and {len(places) - TOLD_AT_MOST} more"] if len(places) > TOLD_AT_MOST else []
    return ("; ".join(told + more) + ".") if told else None


def _told_place(place: str) -> str:
    """Return `email` of `body.email`; of the body as a whole there is nothing shorter to say."""
    return place.partition(".")[2] or place


def _place(error: Mapping[str, Any]) -> str:
    steps = [str(step) for step in error["loc"]]
    if error["type"] == "json_invalid":
        steps = steps[:1]
    if error["type"] in PLACES_FROM_INPUT or "[key]" in steps:
        steps = [*steps[:-1], "(a name that is not known here)"]
    return ".".join(steps)


def _reason(error: Mapping[str, Any]) -> str:
    if error["type"] == "json_invalid":
        return "is not JSON"
    if error["type"] == "missing":
        return "is required"
    if error["type"] == "extra_forbidden":
        return "is not accepted"
    if error["type"] in SENTENCES:
        return SENTENCES[error["type"]].format(**_limits(error))
    if REVEALING_CONTEXT & (error.get("ctx") or {}).keys():
        return "is not valid"
    return str(error["msg"])


def _limits(error: Mapping[str, Any]) -> dict[str, str]:
    """Return the bounds that a reason names, with their unit; they are ours and not the caller's."""
    context = error.get("ctx") or {}
    units = ("entry", "entries") if context.get("field_type") == "List" else ("character", "characters")
    return {
        name: f"{context[name]} {units[context[name] != 1]}" for name in ("min_length", "max_length") if name in context
    }


def _service_error(error: HTTPException) -> ServiceError:
    headers = dict(error.headers or {})
    if error.status_code == 404:
        return NotFound(headers=headers)
    phrase = HTTPStatus(error.status_code).phrase
    refusal = ServiceError(phrase + ".", headers=headers)
    code = FRAMEWORK_CODES.get(error.status_code, f"http_{error.status_code}")
    refusal.__dict__.update(status=error.status_code, code=code, sentence=phrase + ".")
    return refusal

"""One family of errors that crosses the wire as RFC 9457 and is raised again as the same class."""

from collections.abc import Mapping
from typing import ClassVar

PROBLEM_TYPE_PREFIX = "urn:emergence:problem:"
PROBLEM_CONTENT_TYPE = "application/problem+json"

_classes_by_code: dict[str, type["ServiceError"]] = {}


class ServiceError(Exception):
    """A situation with a name, declared by the service that can get into it.

    `code` is stable and may be switched on; `status` is the HTTP status; `sentence` says to a
    person what happened and what to do. `members` become extra members of the problem document
    and must never hold secrets or what the caller sent.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    sentence: ClassVar[str] = "Something failed on our side. Try again; if it stays, tell the administrator."

    def __init__(
        self,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        self.detail = detail or self.sentence
        self.headers = dict(headers or {})
        self.members = dict(members or {})
        super().__init__(f"{self.code}: {self.detail}")

    def __init_subclass__(cls) -> None:
        known = _classes_by_code.get(cls.code)
        if "code" in cls.__dict__:
            if known is not None and known.__qualname__ != cls.__qualname__:
                raise TypeError(f"error code {cls.code!r} is declared by {known.__qualname__} and {cls.__qualname__}")
            _classes_by_code[cls.code] = cls

    def problem(self, *, instance: str | None = None, trace_id: str | None = None) -> dict[str, object]:
        """Return the problem document (RFC 9457 §3.1); `detail` is always a string."""
        document: dict[str, object] = {
            "type": PROBLEM_TYPE_PREFIX + self.code,
            "title": self.sentence,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if instance:
            document["instance"] = instance
        if trace_id:
            document["trace_id"] = trace_id
        return self.members | document


_classes_by_code[ServiceError.code] = ServiceError


class Unauthenticated(ServiceError):
    """No credential, or one that does not verify."""

    code = "unauthenticated"
    status = 401
    sentence = "Sign in to continue."

    def __init__(self, detail: str | None = None, *, members: Mapping[str, object] | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}, members=members)


class CallerRejected(ServiceError):
    """Another service called without a token for this one; never a person's fault."""

    code = "caller_rejected"
    status = 401
    sentence = "Only a service of this deployment may call this."


class Forbidden(ServiceError):
    """A verified caller who may not do this."""

    code = "forbidden"
    status = 403
    sentence = "You are not allowed to do this."


class ForbiddenWhileImpersonating(Forbidden):
    """An administrator who looks at somebody's account may read, not act in their name."""

    code = "forbidden_while_impersonating"
    sentence = "You are looking at somebody else's account: nothing can be changed in their name."


class NotFound(ServiceError):
    """Absent, or someone else's: the two are not told apart."""

    code = "not_found"
    status = 404
    sentence = "There is nothing here under that name."


class InvalidRequest(ServiceError):
    """Malformed input; `errors` names the places, never the values."""

    code = "invalid_request"
    status = 422
    sentence = "The request is malformed."


class RequestTooLarge(ServiceError):
    """A body above the limit of its route."""

    code = "request_too_large"
    status = 413
    sentence = "This is larger than what is accepted."


class Unavailable(ServiceError):
    """Something this answer needs does not answer now; trying again later may work."""

    code = "unavailable"
    status = 503
    sentence = "This part is not available right now. Try again in a moment."

    def __init__(
        self, detail: str | None = None, *, retry_after_s: int = 2, members: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_s)}, members=members)


class DeadlineExceeded(ServiceError):
    """A neighbour did not answer in time."""

    code = "deadline_exceeded"
    status = 504
    sentence = "The answer took too long. Try again."


def error_from_problem(status: int, document: Mapping[str, object]) -> ServiceError:
    """Return the declared class for a received problem document, or a `ServiceError` that keeps its words.

    An error of a class that this process does not know keeps status, code and detail.
    """
    code = document.get("code")
    detail = document.get("detail")
    known = _classes_by_code.get(code) if isinstance(code, str) else None
    error = ServiceError.__new__(known or ServiceError)
    ServiceError.__init__(error, detail if isinstance(detail, str) else None)
    standard = {"type", "title", "status", "detail", "code", "instance", "trace_id"}
    error.members = {name: value for name, value in document.items() if name not in standard}
    if known is None:
        error.__dict__.update(status=status, code=code if isinstance(code, str) else f"http_{status}")
    return error

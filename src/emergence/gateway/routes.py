"""Which service owns which public path; the longest matching prefix wins."""

from dataclasses import dataclass

INTERNAL_SEGMENT = "internal"


@dataclass(frozen=True, slots=True)
class Route:
    """Paths equal to `prefix`, or below it, belong to `service`."""

    prefix: str
    service: str


ROUTES = (
    Route("/api/auth", "auth"),
    Route("/.well-known", "auth"),
    Route("/api/threads", "session"),
    Route("/api/sessions", "session"),
    Route("/api/session", "session"),
    Route("/api/shared", "session"),
    Route("/asyncapi.json", "session"),
    Route("/ws", "session"),
    Route("/api/agents", "chat"),
    Route("/api/models", "chat"),
    Route("/api/chat", "chat"),
    Route("/api/memory", "memory"),
)


def owner_of(path: str) -> str | None:
    """Return the service that owns `path`, or None when the gateway answers itself."""
    matching = [route for route in ROUTES if path == route.prefix or path.startswith(route.prefix + "/")]
    return max(matching, key=lambda route: len(route.prefix)).service if matching else None


def is_plain(path: str) -> bool:
    """Return whether a decoded path says where it leads.

    Dot segments, backslashes and what is still encoded after one decoding could mean another path
    to whoever reads it next.
    """
    return not ({".", ".."} & set(path.split("/")) or "\\" in path or "%" in path)


def is_internal(path: str) -> bool:
    """Return whether `path` (`/api/<service>/internal/…`) is for neighbours only."""
    segments = path.split("/")
    return len(segments) > 3 and segments[1] == "api" and segments[3] == INTERNAL_SEGMENT

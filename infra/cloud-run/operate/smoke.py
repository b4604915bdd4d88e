"""What running services must answer: bodies and not only statuses, a real WebSocket, and what must stay hidden."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException

from operate.web import Answer, ask, upgrade

SUBPROTOCOL = "emergence.v1"
SIGN_IN_NEEDED = 4401  # docs/protocol.md: a socket without a ticket
ELSEWHERE = "https://elsewhere.example"
FIGURES = {  # the service's own, as the seed names them
    "session": (
        "sessions_timeout_total",
        "sessions_warning_sent_total",
        "sessions_active_current",
        "session_inactivity_duration_seconds",
    ),
}


class Unlike(Exception):
    """An answer is not what was promised; the message shows what came."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One deployment to look at; `only_health` where its host is not the public one, which main refuses.

    `service` is the key of its manifest, `known_as` what its own answers call it.
    """

    service: str
    known_as: str
    url: str
    metrics_token: str | None = None
    only_health: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return ask(self.url + path, headers=self.headers | headers)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check's end: `problem` is None when it passed."""

    name: str
    problem: str | None

    def __str__(self) -> str:
        return f"{'pass' if self.problem is None else 'FAIL'}  {self.name}{f': {self.problem}' if self.problem else ''}"


Check = Callable[[Asked], None]


def smoke(asked: Asked) -> list[Outcome]:
    """Do every check of a service, also after one failed."""
    return [_done(asked, name, check) for name, check in checks_of(asked)]


def checks_of(asked: Asked) -> Iterable[tuple[str, Check]]:
    """Yield what is to be looked at, with a name for people."""
    yield "health", health
    if asked.only_health:
        return
    yield "ready, database and neighbours", ready
    yield "figures are hidden", figures_are_hidden
    if asked.metrics_token:
        yield "figures", figures
    yield from ALSO.get(asked.service, (CORS,))


def _done(asked: Asked, name: str, check: Check) -> Outcome:
    try:
        check(asked)
    except (Unlike, OSError, HTTPException, ValueError) as failed:
        return Outcome(f"{asked.service}: {name}", f"{failed} ({asked.url})")
    return Outcome(f"{asked.service}: {name}", None)


def _expect(answer: Answer, status: int, what: str) -> None:
    if answer.status != status:
        raise Unlike(f"{what} answered {answer.status} instead of {status}: {answer.body[:120]!r}")


def health(asked: Asked) -> None:
    """The process answers, and is the service that was asked for."""
    answer = asked.get("/api/health")
    _expect(answer, 200, "/api/health")
    told = answer.json()
    if not isinstance(told, dict) or told.get("status") != "ok" or told.get("service") != asked.known_as:
        raise Unlike(f"/api/health is not {asked.known_as}'s: {answer.body[:120]!r}")


def ready(asked: Asked) -> None:
    """Everything that it needs answers it."""
    answer = asked.get("/api/ready")
    told = answer.json()
    if answer.status != 200 or not isinstance(told, dict) or told.get("status") != "ready":
        raise Unlike(f"not ready ({answer.status}), down: {', '.join(_down(told)) or 'nothing is named'}")


def _down(told: object) -> list[str]:
    """Return the dependencies that are said to be down; whatever else was answered names none."""
    named = told.get("dependencies") if isinstance(told, dict) else None
    found = [each for each in named if isinstance(each, dict)] if isinstance(named, list) else []
    return [str(each.get("name")) for each in found if each.get("state") == "down"]


def figures_are_hidden(asked: Asked) -> None:
    """/metrics is for whoever holds the token."""
    answer = asked.get("/metrics")
    if answer.status not in (401, 403, 404):
        raise Unlike(f"/metrics answers {answer.status} to everybody; set METRICS_TOKEN")


def figures(asked: Asked) -> None:
    """/metrics has the figures that dashboards and alerts ask for."""
    answer = asked.get("/metrics", Authorization=f"Bearer {asked.metrics_token}")
    _expect(answer, 200, "/metrics")
    missing = [name for name in FIGURES.get(asked.service, ()) if name.encode() not in answer.body]
    if missing:
        raise Unlike(f"/metrics lacks {', '.join(missing)}")


def login_refuses(asked: Asked) -> None:
    """Signing in works as far as a stranger comes: wrong credentials are refused, with the promised body."""
    body = {"email": "smoke-test@example.org", "password": "not the password of anybody"}
    answer = ask(f"{asked.url}/api/auth/login", method="POST", body=body, headers=asked.headers)
    told = answer.json()
    code = told.get("code") if isinstance(told, dict) else None
    known = {401: "credentials_rejected", 428: "proof_of_work_required", 429: "too_many_attempts"}
    if code is None or known.get(answer.status) != code:
        raise Unlike(f"/api/auth/login answered {answer.status} {code!r} to wrong credentials")


def nobody_is_nobody(asked: Asked) -> None:
    """Without a token there is no account."""
    _expect(asked.get("/api/auth/me"), 401, "/api/auth/me without a token")


def dev_login_is_off(asked: Asked) -> None:
    """Signing in without a password is not offered on Cloud Run."""
    answer = ask(f"{asked.url}/api/auth/dev/login", method="POST", body={}, headers=asked.headers)
    if answer.status != 404:
        raise Unlike(f"/api/auth/dev/login answers {answer.status}: anybody could sign in")


def keys_are_published(asked: Asked) -> None:
    """The keys that access tokens are verified with are there for other services."""
    answer = asked.get("/.well-known/jwks.json")
    told = answer.json()
    if answer.status != 200 or not isinstance(told, dict) or not told.get("keys"):
        raise Unlike(f"/.well-known/jwks.json has no keys ({answer.status})")


def socket_opens(asked: Asked) -> None:
    """A WebSocket handshake succeeds, and without a ticket the socket is closed as the protocol says."""
    upgraded = upgrade(f"{asked.url}/ws", SUBPROTOCOL, asked.headers)
    if not upgraded.is_genuine or upgraded.protocol != SUBPROTOCOL:
        raise Unlike(f"/ws answered {upgraded.status}, protocol {upgraded.protocol!r}, to a WebSocket handshake")
    if upgraded.close_code != SIGN_IN_NEEDED:
        raise Unlike(f"/ws closed with {upgraded.close_code} instead of {SIGN_IN_NEEDED} without a ticket")


def threads_need_sign_in(asked: Asked) -> None:
    """Nobody reads conversations without signing in."""
    _expect(asked.get("/api/threads"), 401, "/api/threads without a token")


def other_pages_read_nothing(asked: Asked) -> None:
    """A page of another origin is given no leave to read (CORS)."""
    answer = asked.get(ASKED_BY_PAGES.get(asked.service, "/api/health"), Origin=ELSEWHERE)
    if allowed := answer.headers.get("access-control-allow-origin"):
        raise Unlike(f"pages of {ELSEWHERE} may read answers: Access-Control-Allow-Origin: {allowed}")


def client_is_served(asked: Asked) -> None:
    """The web client is there."""
    answer = asked.get("/")
    _expect(answer, 200, "/")
    if b"<html" not in answer.body.lower():
        raise Unlike(f"/ is no page: {answer.body[:80]!r}")


def internal_is_hidden(asked: Asked) -> None:
    """Routes between services do not exist for the public."""
    answer = ask(f"{asked.url}/api/auth/internal/standing", method="POST", body={}, headers=asked.headers)
    if answer.status != 404:
        raise Unlike(f"/api/auth/internal/… answers {answer.status} to the public")


OF_AUTH: Sequence[tuple[str, Check]] = (
    ("sign-in refuses wrong credentials", login_refuses),
    ("no account without a token", nobody_is_nobody),
    ("no sign-in without a password", dev_login_is_off),
    ("keys of tokens", keys_are_published),
)
OF_SESSION: Sequence[tuple[str, Check]] = (
    ("WebSocket", socket_opens),
    ("no conversations without a token", threads_need_sign_in),
)
ASKED_BY_PAGES = {"auth": "/api/auth/me", "session": "/api/threads", "main": "/api/auth/me"}
CORS: tuple[str, Check] = ("CORS", other_pages_read_nothing)
ALSO: dict[str, Sequence[tuple[str, Check]]] = {
    "auth": (*OF_AUTH, CORS),
    "session": (*OF_SESSION, CORS),
    "main": (("web client", client_is_served), *OF_AUTH, *OF_SESSION, ("internal routes", internal_is_hidden), CORS),
}

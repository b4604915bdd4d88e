"""The cookie that carries the refresh token: scripts cannot read it, other sites cannot send it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request, Response

from emergence.auth.callers import asked_host
from emergence.auth.open_session import Grant
from emergence.auth.parts import Auth
from emergence.auth.settings import AuthSettings
from emergence.contracts.auth.values import REFRESH_COOKIE

HTTP_PORT = 80


@dataclass(frozen=True, slots=True)
class RefreshCookie:
    """The cookie of one request and of its answer."""

    auth: Auth
    request: Request
    response: Response

    @property
    def name(self) -> str:
        """Return the cookie's name."""
        return cookie_name(REFRESH_COOKIE, self.request, self.auth.settings)

    def read(self) -> str | None:
        """Return the refresh token that came with the request."""
        return self.request.cookies.get(self.name)

    def set(self, grant: Grant) -> None:
        """Send the refresh token, for as long as it may be used."""
        self.response.set_cookie(
            self.name,
            grant.refresh_token,
            max_age=int((grant.refresh_until - self.auth.clock.now()).total_seconds()),
            path="/",
            secure=is_https(self.auth.settings),
            httponly=True,
            samesite="strict",
        )

    def clear(self) -> None:
        """Tell the browser to forget the refresh token."""
        self.response.delete_cookie(
            self.name, path="/", secure=is_https(self.auth.settings), httponly=True, samesite="strict"
        )


def cookie_name(word: str, request: Request, settings: AuthSettings) -> str:
    """Return a cookie's name; the `__Host-` prefix makes browsers insist on https, host and path (RFC 6265bis).

    Without https the name holds the port: cookies know none (RFC 6265 §8.5), and a second server
    on this machine would overwrite the first one's.
    """
    if is_https(settings):
        return f"__Host-{word}"
    return f"{word}_{_port(settings.public_url() or f'//{asked_host(request, settings)}')}"


def is_https(settings: AuthSettings) -> bool:
    """Return whether browsers come by https; over plain http on loopback Safari drops a Secure cookie."""
    return (settings.public_url() or "").startswith("https://")


def _port(address: str) -> int:
    try:
        return urlsplit(address).port or HTTP_PORT
    except ValueError:
        return HTTP_PORT

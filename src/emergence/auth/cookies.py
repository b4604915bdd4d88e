"""The cookie that carries the refresh token: scripts cannot read it, other sites cannot send it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request, Response

from emergence.auth.callers import asked_host
from emergence.auth.open_session import Grant
from emergence.auth.parts import Auth
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
        return cookie_name(REFRESH_COOKIE, self.auth, self.request)

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
            secure=self._is_https,  # over plain http on loopback Safari drops a Secure cookie
            httponly=True,
            samesite="strict",
        )

    def clear(self) -> None:
        """Tell the browser to forget the refresh token."""
        self.response.delete_cookie(self.name, path="/", secure=self._is_https, httponly=True, samesite="strict")

    @property
    def _is_https(self) -> bool:
        return is_https(self.auth)


def cookie_name(kind: str, auth: Auth, request: Request) -> str:
    """Return a cookie's name; the `__Host-` prefix makes browsers insist on https, host and path (RFC 6265bis).

    Without https the name holds the port: cookies know none (RFC 6265 §8.5), and a second server
    on this machine would overwrite the first one's.
    """
    if is_https(auth):
        return f"__Host-{kind}"
    return f"{kind}_{_port(auth.settings.public_url() or f'//{asked_host(request, auth.settings)}')}"


def is_https(auth: Auth) -> bool:
    """Return whether browsers reach this server over https."""
    return (auth.settings.public_url() or "").startswith("https://")


def _port(address: str) -> int:
    try:
        return urlsplit(address).port or HTTP_PORT
    except ValueError:
        return HTTP_PORT

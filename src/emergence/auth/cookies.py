"""The cookie that carries the refresh token: scripts cannot read it, other sites cannot send it."""

from fastapi import Request, Response

from emergence.auth.open_session import Grant
from emergence.auth.parts import Auth
from emergence.contracts.auth import REFRESH_COOKIE


def cookie_name(auth: Auth) -> str:
    """Return the cookie's name; the `__Host-` prefix makes browsers insist on https, host and path (RFC 6265bis)."""
    return f"__Host-{REFRESH_COOKIE}" if _is_https(auth) else REFRESH_COOKIE


def read_refresh_cookie(auth: Auth, request: Request) -> str | None:
    """Return the refresh token that came with a request."""
    return request.cookies.get(cookie_name(auth))


def set_refresh_cookie(auth: Auth, response: Response, grant: Grant) -> None:
    """Send the refresh token, for as long as it may be used."""
    response.set_cookie(
        cookie_name(auth),
        grant.refresh_token,
        max_age=int((grant.refresh_until - auth.clock.now()).total_seconds()),
        path="/",
        secure=_is_https(auth),  # over plain http on loopback Safari drops a Secure cookie
        httponly=True,
        samesite="strict",
    )


def clear_refresh_cookie(auth: Auth, response: Response) -> None:
    """Tell the browser to forget the refresh token."""
    response.delete_cookie(cookie_name(auth), path="/", secure=_is_https(auth), httponly=True, samesite="strict")


def _is_https(auth: Auth) -> bool:
    return (auth.settings.public_url() or "").startswith("https://")

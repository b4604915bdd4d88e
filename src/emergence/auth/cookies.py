"""Cookies that scripts cannot read and other sites cannot send: refresh token, device, and a browser for minutes."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from fastapi import Request, Response

from emergence.auth.callers import asked_host
from emergence.auth.devices import KEPT as DEVICE_KEPT
from emergence.auth.open_session import Grant
from emergence.auth.parts import Auth
from emergence.auth.settings import AuthSettings
from emergence.contracts.auth.values import DEVICE_COOKIE, REFRESH_COOKIE

HTTP_PORT = 80
BROWSER_COOKIE = "emg_browser"
BROWSER_KEPT = timedelta(minutes=10)  # a little longer than the ceremony that it is for
BROWSER_BYTES = 32


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
        """Send the refresh token, for as long as it may be used, and what the browser is known by from now on."""
        self._set(self.name, grant.refresh_token, grant.refresh_until - self.auth.clock.now())
        if grant.device_token is not None:
            name = cookie_name(DEVICE_COOKIE, self.request, self.auth.settings)
            self._set(name, grant.device_token, DEVICE_KEPT)

    def _set(self, name: str, value: str, kept: timedelta) -> None:
        self.response.set_cookie(
            name,
            value,
            max_age=int(kept.total_seconds()),
            path="/",
            secure=is_https(self.auth.settings),
            httponly=True,
            samesite="strict",
        )

    def clear(self) -> None:
        """Tell the browser to forget the refresh token; it stays the device that it is."""
        self.response.delete_cookie(self.name, path="/", secure=self._is_https, httponly=True, samesite="strict")

    @property
    def _is_https(self) -> bool:
        return is_https(self.auth.settings)


def cookie_name(base: str, request: Request, settings: AuthSettings) -> str:
    """Return a cookie's name; the `__Host-` prefix makes browsers insist on https, host and path (RFC 6265bis).

    Without https the name holds the port: cookies know none (RFC 6265 §8.5), and a second server
    on this machine would overwrite the first one's.
    """
    if is_https(settings):
        return f"__Host-{base}"
    return f"{base}_{_port(settings.public_url() or f'//{asked_host(request, settings)}')}"


def new_browser_secret() -> str:
    """Return a random text for a browser to keep."""
    return secrets.token_urlsafe(BROWSER_BYTES)


@dataclass(frozen=True, slots=True)
class BrowserCookie:
    """A random text by which a browser is known again, for minutes, before anybody has signed in with it.

    `lax` is for coming back from another site, as from a sign-in provider's page.
    """

    auth: Auth
    request: Request
    response: Response
    base: str = BROWSER_COOKIE
    kept: timedelta = BROWSER_KEPT
    same_site: Literal["strict", "lax"] = "strict"

    def read(self) -> str:
        """Return the text that came with the request; empty without one."""
        return self.request.cookies.get(self._name, "")

    def renew(self) -> str:
        """Return the browser's text, a new one where it has none, and let it keep that for a while.

        One that it has stays: two tabs may be under way at once.
        """
        return self.keep(self.read() or new_browser_secret())

    def clear(self) -> None:
        """Tell the browser to forget it."""
        is_secure = is_https(self.auth.settings)
        self.response.delete_cookie(self._name, path="/", secure=is_secure, httponly=True, samesite=self.same_site)

    def keep(self, text: str) -> str:
        """Let the browser keep this text for a while, instead of another; return it."""
        self.response.set_cookie(
            self._name,
            text,
            max_age=int(self.kept.total_seconds()),
            path="/",
            secure=is_https(self.auth.settings),
            httponly=True,
            samesite=self.same_site,
        )
        return text

    @property
    def _name(self) -> str:
        return cookie_name(self.base, self.request, self.auth.settings)


def is_https(settings: AuthSettings) -> bool:
    """Return whether browsers reach this server over https."""
    return (settings.public_url() or "").startswith("https://")


def _port(address: str) -> int:
    try:
        return urlsplit(address).port or HTTP_PORT
    except ValueError:
        return HTTP_PORT

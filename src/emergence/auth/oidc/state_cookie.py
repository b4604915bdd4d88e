"""The cookie that ties a sign-in at a provider to the browser that began it; the one that is SameSite=Lax."""

import re
import secrets
from dataclasses import dataclass

from fastapi import Request, Response

from emergence.auth.cookies import cookie_name, is_https
from emergence.auth.parts import Auth
from emergence.contracts.auth.values import OIDC_COOKIE

SECRET_BYTES = 32
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class StateCookie:
    """The cookie of one request and of its answer. Lax, because people come back from the provider's site."""

    auth: Auth
    request: Request
    response: Response

    def read(self) -> str | None:
        """Return the browser's secret, if it has one."""
        secret = self.request.cookies.get(self._name, "")
        return secret if _SECRET.fullmatch(secret) else None

    def renew(self, lifetime_s: int) -> str:
        """Return the browser's secret, an earlier one as long as it lasts: two tabs may sign in at once."""
        secret = self.read() or secrets.token_urlsafe(SECRET_BYTES)
        self.response.set_cookie(
            self._name, secret, max_age=lifetime_s, path="/", secure=self._is_https, httponly=True, samesite="lax"
        )
        return secret

    def clear(self) -> None:
        """Tell the browser to forget it."""
        self.response.delete_cookie(self._name, path="/", secure=self._is_https, httponly=True, samesite="lax")

    @property
    def _name(self) -> str:
        return cookie_name(OIDC_COOKIE, self.request, self.auth.settings)

    @property
    def _is_https(self) -> bool:
        return is_https(self.auth.settings)

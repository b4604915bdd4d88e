"""How services prove to each other who calls: short signed tokens for one audience each."""

import hmac
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import SecretStr

from emergence.kernel.clock import Clock, SystemClock
from emergence.kernel.errors import CallerRejected
from emergence.kernel.ids import new_id

KEY_LABEL = b"service-token/v1"
ISSUER = "emergence"
HEADER = {"alg": "HS256", "typ": "svc+jwt"}  # a type of its own, so that no other token passes (RFC 8725 §3.11)
LIFETIME = timedelta(minutes=5)
RENEWED_BEFORE_END = timedelta(minutes=1)
LEEWAY_S = 5  # two machines' clocks
TOKEN_MAX_CHARACTERS = 1024
COMPACT_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
CLAIMS = frozenset({"iss", "sub", "aud", "iat", "exp", "jti"})


class _Issued(NamedTuple):
    token: str
    expires_at_s: int


class ServiceTokens:
    """Makes and verifies the tokens of one service; `caller` is its name.

    The key is derived from the deployment's secret (HKDF-SHA256, RFC 5869), so that the secret
    itself never signs.
    """

    def __init__(self, secret: SecretStr, caller: str, clock: Clock | None = None) -> None:
        self.caller = caller
        self._clock = clock or SystemClock()
        derived = HKDF(SHA256(), length=32, salt=None, info=KEY_LABEL).derive(secret.get_secret_value().encode())
        self._key = OctKey.import_key(derived)
        self._issued: dict[str, _Issued] = {}

    def token_for(self, audience: str) -> str:
        """Return a token that only the service `audience` accepts; the same one until a minute before its end."""
        now = int(self._clock.now().timestamp())
        known = self._issued.get(audience)
        if known is None or known.expires_at_s - now <= RENEWED_BEFORE_END.total_seconds():
            known = self._issue(audience, now)
            self._issued[audience] = known
        return known.token

    def _issue(self, audience: str, now: int) -> _Issued:
        expires_at_s = now + int(LIFETIME.total_seconds())
        claims = {
            "iss": ISSUER,
            "sub": self.caller,
            "aud": audience,
            "iat": now,
            "exp": expires_at_s,
            "jti": str(new_id()),
        }
        return _Issued(jwt.encode(dict(HEADER), claims, self._key, algorithms=["HS256"]), expires_at_s)

    def caller_of(self, token: str, *, audience: str) -> str:
        """Return the name of the service that made `token` for `audience`. Raises CallerRejected."""
        if len(token) > TOKEN_MAX_CHARACTERS or not COMPACT_FORM.fullmatch(token):
            raise CallerRejected()
        try:
            verified = jwt.decode(token, self._key, algorithms=["HS256"])
        except (JoseError, ValueError) as invalid:
            raise CallerRejected() from invalid
        if verified.header != HEADER or not self._holds(verified.claims, audience):
            raise CallerRejected()
        return str(verified.claims["sub"])

    def _holds(self, claims: dict[str, Any], audience: str) -> bool:
        if claims.keys() != CLAIMS:
            return False
        texts = [claims[name] for name in ("iss", "sub", "aud", "jti")]
        times = [claims[name] for name in ("iat", "exp")]
        if not all(isinstance(text, str) and text for text in texts) or not all(type(time) is int for time in times):
            return False
        now = self._clock.now().timestamp()
        return (
            claims["iss"] == ISSUER
            and hmac.compare_digest(claims["aud"].encode(), audience.encode())
            and claims["iat"] <= now + LEEWAY_S
            and now < claims["exp"] + LEEWAY_S
            and 0 < claims["exp"] - claims["iat"] <= LIFETIME.total_seconds()
        )


def calling_service(audience: str) -> Callable[[Request], Awaitable[str]]:
    """Return a FastAPI dependency for the internal routes of the service `audience`.

    It hands the name of the calling service to the route and raises CallerRejected (401) unless
    the request carries a token made for `audience`.
    """

    async def verified_caller(request: Request) -> str:
        tokens: ServiceTokens = request.app.state.service_tokens
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise CallerRejected()
        return tokens.caller_of(token, audience=audience)

    return verified_caller

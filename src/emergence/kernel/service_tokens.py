"""How services prove to each other who calls: short signed tokens for one audience each."""

from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Request
from joserfc import jwt

from emergence.kernel.clock import Clock, SystemClock
from emergence.kernel.errors import CallerRejected, Forbidden
from emergence.kernel.ids import new_id
from emergence.kernel.issued_service_tokens import KnowsServices
from emergence.kernel.signed_token import TokenRefused, strict_object, unseal, verification_key, verified_payload

KEY_LABEL = b"service-token/v1"
ISSUER = "emergence"
HEADER = {"alg": "HS256", "typ": "svc+jwt"}  # a type of its own, so that no other token passes (RFC 8725 §3.11)
LIFETIME = timedelta(minutes=5)
RENEWED_BEFORE_END = timedelta(minutes=1)
LEEWAY_S = 5  # two machines' clocks
REMEMBERED_TOKENS = 64  # a caller uses the same one for minutes
CLAIMS = frozenset({"iss", "sub", "aud", "iat", "exp", "jti"})


class _Issued(NamedTuple):
    token: str
    expires_at_s: int


class ServiceTokens:
    """Makes and verifies the tokens of one service; `caller` is its name.

    The key is derived from the deployment's secret (HKDF-SHA256, RFC 5869), so that the secret
    itself never signs.
    """

    def __init__(self, secret: str, caller: str, clock: Clock | None = None) -> None:
        self.caller = caller
        self._clock = clock or SystemClock()
        derived = HKDF(SHA256(), length=32, salt=None, info=KEY_LABEL).derive(secret.encode())
        octets = urlsafe_b64encode(derived).rstrip(b"=").decode()
        self._key = verification_key({"kty": "oct", "alg": "HS256", "use": "sig", "k": octets})
        self._issued: dict[str, _Issued] = {}
        self._remembered: dict[str, dict[str, object]] = {}  # signatures that were right; times are looked at again

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
        return _Issued(jwt.encode(dict(HEADER), claims, self._key.key, algorithms=["HS256"]), expires_at_s)

    def caller_of(self, authorization: str | None, *, audience: str) -> str:
        """Return the name of the service that made the bearer token in this header for `audience`.

        Raises CallerRejected; the reasons are not told apart.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise CallerRejected()
        claims = self._remembered.get(token) or self._verified(token)
        if not self._holds(claims, audience):
            raise CallerRejected()
        if len(self._remembered) >= REMEMBERED_TOKENS:
            self._remembered.clear()
        self._remembered[token] = claims
        return str(claims["sub"])

    def _verified(self, token: str) -> dict[str, object]:
        try:
            sealed = unseal(token)
            claims = strict_object(verified_payload(sealed, self._key))
        except TokenRefused as refused:
            raise CallerRejected() from refused
        if sealed.header != HEADER:
            raise CallerRejected()
        return claims

    def accepts(self, authorization: str | None, *, audience: str) -> bool:
        """Return whether this header carries a token that some service made for `audience`."""
        try:
            self.caller_of(authorization, audience=audience)
        except CallerRejected:
            return False
        return True

    def _holds(self, claims: dict[str, object], audience: str) -> bool:
        issued_at, ends_at = claims.get("iat"), claims.get("exp")
        if claims.keys() != CLAIMS or type(issued_at) is not int or type(ends_at) is not int:
            return False
        now = self._clock.now().timestamp()
        return (
            claims["iss"] == ISSUER
            and claims["aud"] == audience
            and all(isinstance(claims[name], str) and claims[name] for name in ("sub", "jti"))
            and issued_at <= now + LEEWAY_S
            and now < ends_at + LEEWAY_S
            and 0 < ends_at - issued_at <= LIFETIME.total_seconds()
        )


def calling_service(audience: str) -> Callable[[Request], Awaitable[str]]:
    """Return a FastAPI dependency for the internal routes of the service `audience`.

    It hands the name of the calling service to the route and raises CallerRejected (401) unless
    the request carries a token made for `audience`: by the deployment's secret, or as the app's `knows_services` say.
    """

    async def verified_caller(request: Request) -> str:
        tokens: ServiceTokens = request.app.state.service_tokens
        others: Sequence[KnowsServices] = request.app.state.knows_services
        authorization = request.headers.get("authorization")
        if tokens.accepts(authorization, audience=audience):
            return tokens.caller_of(authorization, audience=audience)
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise CallerRejected()
        for other in others:
            with suppress(CallerRejected):
                return await other.service_of(token, audience)
        raise CallerRejected()

    return verified_caller


def require_service(audience: str, caller: str) -> Callable[[Request], Awaitable[None]]:
    """Return a FastAPI dependency for routes of `audience` that only the service `caller` may use.

    Raises CallerRejected as above, and Forbidden for another service of this deployment.
    """
    verified = calling_service(audience)

    async def required(request: Request) -> None:
        # A process that runs several services signs with all their names.
        if caller not in (await verified(request)).split("+"):
            raise Forbidden()

    return required

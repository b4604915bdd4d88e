"""Who is calling: the strict access-token verifier that every service runs, and the FastAPI dependencies over it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Protocol
from uuid import UUID

import structlog
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from emergence.kernel.clock import Clock
from emergence.kernel.errors import Forbidden, ForbiddenWhileImpersonating, Unauthenticated, Unavailable
from emergence.kernel.published_keys import KeySource, PublishedKeys
from emergence.kernel.revocations import Revocations
from emergence.kernel.signed_token import TokenRefused, VerificationKey, strict_object, unseal, verified_payload

log = structlog.get_logger(__name__)

ACCESS_TOKEN_TYPE = "at+jwt"  # RFC 9068 §2.1
ACCESS_TOKEN_LIFETIME = timedelta(minutes=5)
LEEWAY = timedelta(seconds=5)  # clocks of two machines
REMEMBERED_TOKENS = 10_000
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110 §9.2.1: they change nothing

_bearer = HTTPBearer(auto_error=False, scheme_name="access_token", bearerFormat="JWT")


@dataclass(frozen=True, slots=True)
class Identity:
    """A verified caller; `expires_at` is when the access token ends.

    `impersonator_id` is the administrator who looks at this person's account (RFC 8693 §4.1, `act`).
    """

    user_id: UUID
    session_id: UUID
    role: str
    expires_at: datetime
    version: int  # of the login session
    issued_s: int
    key_id: str
    impersonator_id: UUID | None = None
    acr: str | None = None  # by how many factors the session was opened (RFC 9068 §2.2.1)


class VerifiesTokens(Protocol):
    """What `app.state.verifier` offers."""

    async def verify(self, token: str, *, is_change: bool = False) -> Identity:
        """Return who the token speaks for. Raises Unauthenticated; Unavailable when a change cannot be confirmed."""
        ...

    def require_news(self) -> None:
        """Raise Unavailable when nobody said for long who was signed out or lost a role."""
        ...


Confirm = Callable[[Identity], Awaitable[bool]]  # asks the issuer whether a token may still be used


@dataclass(frozen=True, slots=True)
class Watching:
    """How a service learns that tokens end early, and whom it asks while the news are late."""

    revocations: Revocations
    confirm: Confirm


class AccessTokenVerifier:
    """Verifies access tokens (RFC 9068) of one issuer for one audience; never signs.

    A verified token is remembered until it expires or its key is withdrawn: checking it again
    costs a dictionary look-up instead of a signature. Revocations are looked at each time all the same;
    without `watching` the caller looks up the login session itself, as auth does. `shared_key` is a
    context of its own: its key id is never looked for among published keys, nor theirs there.
    """

    def __init__(
        self,
        key_source: KeySource,
        *,
        issuer: str,
        audience: str,
        clock: Clock,
        watching: Watching | None = None,
        shared_key: VerificationKey | None = None,
    ) -> None:
        self._keys = PublishedKeys(key_source, clock)
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._watching = watching
        self._shared_key = shared_key
        self._withdrawn_keys = 0
        self._remembered: dict[str, Identity] = {}
        self._remembered_generation = 0

    async def verify(self, token: str, *, is_change: bool = False) -> Identity:
        """Return who the token speaks for; `is_change` says that it is to change something.

        Raises Unauthenticated for any token that is not exactly as we issue them and for those that were
        revoked, Unavailable when the keys were never fetched and auth does not answer, or when it does not
        confirm a change while news of revocations are late.
        """
        self._drop_withdrawn_keys()
        await self._keys.refresh_if_stale()
        try:
            identity = self._recall(token) or await self._verify_anew(token)
            if self._watching is not None:
                await self._require_unrevoked(self._watching, identity, is_change=is_change)
        except TokenRefused as refused:
            log.info("access_token_refused", reason=str(refused))
            raise Unauthenticated() from None
        return identity

    def require_news(self) -> None:
        """Raise Unavailable when nobody said for long who was signed out or lost a role."""
        if self._watching is not None and self._watching.revocations.is_lost:
            raise Unavailable("Who may still administer this cannot be known right now. Try again in a moment.")

    def _drop_withdrawn_keys(self) -> None:
        known = self._watching.revocations.withdrawn_keys if self._watching else 0
        if known != self._withdrawn_keys:
            self._withdrawn_keys = known
            self._keys.expire()

    async def _require_unrevoked(self, watching: Watching, identity: Identity, *, is_change: bool) -> None:
        if watching.revocations.is_revoked(identity):
            raise TokenRefused("it was revoked")
        if is_change and watching.revocations.is_late and not await watching.confirm(identity):
            raise TokenRefused("auth does not confirm it")

    async def _verify_anew(self, token: str) -> Identity:
        identity = await self._verify(token)
        self._remember(token, identity)
        return identity

    async def _verify(self, token: str) -> Identity:
        sealed = unseal(token)
        if sealed.header.get("typ") != ACCESS_TOKEN_TYPE:
            raise TokenRefused("another kind of token")
        kid = sealed.header.get("kid")
        key = await self._key(kid) if isinstance(kid, str) else None
        if key is None:
            raise TokenRefused("unknown key")
        return self._identity(strict_object(verified_payload(sealed, key)), key.kid)

    async def _key(self, kid: str) -> VerificationKey | None:
        if self._shared_key is not None and kid == self._shared_key.kid:
            return self._shared_key
        return await self._keys.find(kid)

    def _identity(self, claims: dict[str, object], key_id: str) -> Identity:
        if claims.get("iss") != self._issuer or claims.get("aud") != self._audience:
            raise TokenRefused("another issuer or audience")
        role = claims.get("role")
        if not isinstance(role, str) or not isinstance(claims.get("jti"), str):
            raise TokenRefused("no role or no id")
        return Identity(
            user_id=_uuid(claims.get("sub")),
            session_id=_uuid(claims.get("sid")),
            role=role,
            expires_at=self._expiry(claims),
            version=_whole(claims.get("sv")),
            issued_s=_whole(claims.get("iat")),
            key_id=key_id,
            impersonator_id=_actor(claims["act"]) if "act" in claims else None,
            acr=_text(claims["acr"]) if "acr" in claims else None,
        )

    def _expiry(self, claims: dict[str, object]) -> datetime:
        expiry, issued, not_before = (_whole(claims.get(name)) for name in ("exp", "iat", "nbf"))
        if not 0 < expiry - issued <= ACCESS_TOKEN_LIFETIME.total_seconds():
            raise TokenRefused("lives longer than we issue")
        now, leeway = self._clock.now().timestamp(), LEEWAY.total_seconds()
        if now >= expiry + leeway:
            raise TokenRefused("expired")
        if now < max(issued, not_before) - leeway:
            raise TokenRefused("not valid yet")
        return datetime.fromtimestamp(expiry, UTC)

    def _recall(self, token: str) -> Identity | None:
        if self._remembered_generation != self._keys.generation:
            self._remembered.clear()
            self._remembered_generation = self._keys.generation
        remembered = self._remembered.get(token)
        if remembered is None or self._clock.now() < remembered.expires_at + LEEWAY:
            return remembered
        del self._remembered[token]
        return None

    def _remember(self, token: str, identity: Identity) -> None:
        if len(self._remembered) >= REMEMBERED_TOKENS:
            del self._remembered[next(iter(self._remembered))]  # the oldest expires first
        self._remembered[token] = identity


async def current_identity(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Identity:
    """Return who calls, from the bearer token. A FastAPI dependency; raises Unauthenticated."""
    if credentials is None or len(request.headers.getlist("authorization")) != 1:
        raise Unauthenticated()
    verifier: VerifiesTokens = request.app.state.verifier
    return await verifier.verify(credentials.credentials, is_change=request.method not in READING_METHODS)


async def identity_if_any(request: Request) -> Identity | None:
    """Return who calls, or None without a bearer token that is good: for routes that are open to anybody."""
    credentials = await _bearer(request)  # read as `current_identity` reads it: neither may see what the other misses
    verifier: VerifiesTokens = request.app.state.verifier
    try:
        return await verifier.verify(credentials.credentials) if credentials else None
    except Unauthenticated:
        return None


def no_changes_while_impersonating(but: frozenset[str] = frozenset()) -> Callable[[Request], Awaitable[None]]:
    """Return a FastAPI dependency for whole routers: who looks at another's account changes nothing in their name.

    `but` are the paths that are open to them all the same. It raises ForbiddenWhileImpersonating.
    """

    async def refuse(request: Request) -> None:
        if request.method in READING_METHODS or request.url.path in but:
            return
        await not_while_impersonating(request)

    return refuse


async def not_while_impersonating(request: Request) -> None:
    """Keep whoever looks at another's account out of whole routers, also from reading: for what is theirs alone.

    Raises ForbiddenWhileImpersonating.
    """
    identity = await identity_if_any(request)
    if identity is not None and identity.impersonator_id is not None:
        raise ForbiddenWhileImpersonating()


def require_role(role: str) -> Callable[[Request, Identity], Awaitable[Identity]]:
    """Return a FastAPI dependency that lets only `role` pass.

    It raises Unauthenticated or Forbidden, and Unavailable when a loss of the role would not be known.
    """

    async def with_role(request: Request, identity: Annotated[Identity, Depends(current_identity)]) -> Identity:
        if identity.role != role:
            raise Forbidden()
        verifier: VerifiesTokens = request.app.state.verifier
        verifier.require_news()
        return identity

    return with_role


def _whole(value: object) -> int:
    if type(value) is not int:  # isinstance would let True pass
        raise TokenRefused("a time or a version is not a whole number")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TokenRefused("what it says of the factors is no text")
    return value


def _actor(value: object) -> UUID:
    if not isinstance(value, dict) or value.keys() != {"sub"}:
        raise TokenRefused("it does not say who acts")
    return _uuid(value["sub"])


def _uuid(value: object) -> UUID:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else _refuse_id()
    except ValueError:
        return _refuse_id()


def _refuse_id() -> UUID:
    raise TokenRefused("an id is not a UUID")

"""Who calls from another machine: tokens that auth made for a registered client (RFC 9068), for one service each."""

import re
from typing import Protocol

import structlog

from emergence.kernel.clock import Clock
from emergence.kernel.errors import CallerRejected
from emergence.kernel.identity import ACCESS_TOKEN_LIFETIME, ACCESS_TOKEN_TYPE, LEEWAY
from emergence.kernel.published_keys import KeySource, PublishedKeys
from emergence.kernel.revocations import Revocations
from emergence.kernel.signed_token import TokenRefused, strict_object, unseal, verified_payload

log = structlog.get_logger(__name__)

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")  # none that a process of several services signs with: those have a "+"


class KnowsServices(Protocol):
    """One more way in which services prove who they are, beside the deployment's shared secret."""

    async def service_of(self, token: str, audience: str) -> str:
        """Return the name of the service that shows this token to `audience`. Raises CallerRejected, Unavailable."""
        ...


class IssuedServiceTokens:
    """Verifies service tokens with auth's published keys; no user's token passes, and none of these as a user's."""

    def __init__(self, key_source: KeySource, *, issuer: str, clock: Clock, revocations: Revocations | None) -> None:
        self._keys = PublishedKeys(key_source, clock)
        self._issuer = issuer
        self._clock = clock
        self._revocations = revocations
        self._withdrawn_keys = 0

    async def service_of(self, token: str, audience: str) -> str:
        """Return the client that auth made this token for. Raises CallerRejected, Unavailable without any key."""
        try:
            sealed = unseal(token)
            kid = sealed.header.get("kid")
            if sealed.header.get("typ") != ACCESS_TOKEN_TYPE or not isinstance(kid, str):
                raise TokenRefused("another kind of token")
            await self._refresh_keys()
            key = await self._keys.find(kid)
            if key is None:
                raise TokenRefused("unknown key")
            return self._client(strict_object(verified_payload(sealed, key)), audience)
        except TokenRefused as refused:
            log.info("service_token_refused", reason=str(refused))
            raise CallerRejected() from None

    async def _refresh_keys(self) -> None:
        withdrawn = self._revocations.withdrawn_keys if self._revocations is not None else 0
        if withdrawn != self._withdrawn_keys:
            self._withdrawn_keys = withdrawn
            self._keys.expire()
        await self._keys.refresh_if_stale()

    def _client(self, claims: dict[str, object], audience: str) -> str:
        if claims.get("iss") != self._issuer or claims.get("aud") != audience:
            raise TokenRefused("another issuer or audience")
        name = claims.get("sub")
        if not isinstance(name, str) or name != claims.get("client_id") or not _NAME.fullmatch(name):
            raise TokenRefused("no client")
        if "sid" in claims or not isinstance(claims.get("jti"), str):
            raise TokenRefused("a person's, or no id")
        self._require_now(claims)
        return name

    def _require_now(self, claims: dict[str, object]) -> None:
        expiry, issued, start = (claims.get(name) for name in ("exp", "iat", "nbf"))
        if type(expiry) is not int or type(issued) is not int or type(start) is not int:
            raise TokenRefused("times that are no whole numbers")
        now, leeway = self._clock.now().timestamp(), LEEWAY.total_seconds()
        if not 0 < expiry - issued <= ACCESS_TOKEN_LIFETIME.total_seconds():
            raise TokenRefused("lives longer than we issue")
        if now >= expiry + leeway or now < max(issued, start) - leeway:
            raise TokenRefused("expired or not valid yet")

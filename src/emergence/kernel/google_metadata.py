"""Who this process is on Google's machines: tokens of its own service account, from the metadata server beside it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeGuard

import aiohttp
import structlog
from pydantic import BaseModel, ValidationError

from emergence.kernel.clock import Clock, SystemClock
from emergence.kernel.errors import Unavailable
from emergence.kernel.signed_token import TokenRefused, strict_object, unseal

log = structlog.get_logger(__name__)

METADATA_HOST = "metadata.google.internal"
DEADLINE = timedelta(seconds=5)
RENEWED_BEFORE_END = timedelta(minutes=4)  # the metadata server gives the same token until five minutes before its end
BETWEEN_SERVICES = "x-serverless-authorization"  # Cloud Run looks at it before Authorization, which stays ours
_ACCOUNT = "/computeMetadata/v1/instance/service-accounts/default"


class _AccessToken(BaseModel):
    access_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str
    fresh_until_s: float


class GoogleMetadata:
    """Asks the metadata server, whose answers need no key; keeps a token until shortly before its end.

    `host` is what GCE_METADATA_HOST says, as for Google's own libraries.
    """

    def __init__(self, host: str | None = None, clock: Clock | None = None) -> None:
        self._base = f"http://{host or METADATA_HOST}{_ACCOUNT}"
        self._clock = clock or SystemClock()
        self._asking = asyncio.Lock()
        self._access: _Kept | None = None
        self._identities: dict[str, _Kept] = {}

    async def access_token(self) -> str:
        """Return a token for Google's APIs. Raises Unavailable when nobody gives one, as elsewhere than at Google."""
        async with self._asking:
            if not self._is_fresh(self._access):
                self._access = self._kept(*_access_token(await self._ask("/token")))
            return self._access.token

    def forget(self) -> None:
        """Ask anew at the next use: Google refused the token."""
        self._access = None

    async def identity_token(self, audience: str) -> str:
        """Return what proves to `audience`, an address, which account calls. Raises Unavailable as above."""
        async with self._asking:
            kept = self._identities.get(audience)
            if not self._is_fresh(kept):
                said = await self._ask("/identity", {"audience": audience, "format": "full"})
                kept = self._identities[audience] = self._kept(*_identity_token(said, self._clock.now().timestamp()))
            return kept.token

    async def identity_headers(self, audience: str) -> dict[str, str]:
        """Return what to send along to a service at `audience`. Raises Unavailable as above."""
        return {BETWEEN_SERVICES: f"Bearer {await self.identity_token(audience)}"}

    def _is_fresh(self, kept: _Kept | None) -> TypeGuard[_Kept]:
        return kept is not None and self._clock.elapsed_s() < kept.fresh_until_s

    def _kept(self, token: str, lifetime_s: float) -> _Kept:
        return _Kept(token, self._clock.elapsed_s() + lifetime_s - RENEWED_BEFORE_END.total_seconds())

    async def _ask(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        timeout = aiohttp.ClientTimeout(total=DEADLINE.total_seconds())
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session,
                session.get(self._base + path, params=query, headers={"Metadata-Flavor": "Google"}) as answer,
            ):
                if answer.status != 200:
                    raise OSError(f"status {answer.status}")
                return await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as failed:
            raise _no_token(failed) from None


def _access_token(said: bytes) -> tuple[str, float]:
    try:
        given = _AccessToken.model_validate_json(said)
    except ValidationError as malformed:
        raise _no_token(malformed) from None
    return given.access_token, given.expires_in


def _identity_token(said: bytes, now_s: float) -> tuple[str, float]:
    try:
        token = said.decode()
        ends_s = strict_object(unseal(token).payload).get("exp")
        if type(ends_s) is not int:
            raise TokenRefused("no end")
    except (UnicodeDecodeError, TokenRefused) as malformed:
        raise _no_token(malformed) from None
    return token, ends_s - now_s


def _no_token(reason: Exception) -> Unavailable:
    log.warning("google_metadata_failed", reason=type(reason).__name__)  # what it says may quote the token
    return Unavailable("Google's metadata server gives no token; is this one of Google's machines?")

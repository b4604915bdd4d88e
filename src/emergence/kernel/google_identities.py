"""Who calls on Cloud Run: identity tokens that Google signs for a service account (OpenID Connect), for our address."""

import re
from collections.abc import Mapping
from datetime import timedelta

import structlog

from emergence.kernel.clock import Clock
from emergence.kernel.errors import CallerRejected
from emergence.kernel.published_keys import KeySet, KeySource, PublishedKeys
from emergence.kernel.signed_token import TokenRefused, strict_object, unseal, verified_payload

log = structlog.get_logger(__name__)

GOOGLE_ISSUER = "https://accounts.google.com"
GOOGLE_KEYS = "https://www.googleapis.com/oauth2/v3/certs"
GOOGLE_ALGORITHMS = frozenset({"RS256"})
LIFETIME = timedelta(hours=1)
LEEWAY = timedelta(seconds=5)

_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9.-]*@[a-z0-9.-]+")
_SERVICE = re.compile(r"[a-z][a-z0-9-]{0,62}")


def service_accounts(text: str) -> dict[str, str]:
    """Return which service each account is, from `account@…=session, …`. Raises ValueError."""
    found: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        account, _, service = (each.strip() for each in part.partition("="))
        if not is_account(account) or not _SERVICE.fullmatch(service) or account in found:
            raise ValueError("must be like session@project.iam.gserviceaccount.com=session, with commas between")
        found[account] = service
    return found


def is_account(text: str) -> bool:
    """Return whether this is how Google names a service account."""
    return _ACCOUNT.fullmatch(text) is not None


def google_keys(address: str = GOOGLE_KEYS) -> KeySource:
    """Return what fetches Google's keys. It raises Unavailable."""

    async def fetch() -> KeySet:
        from emergence.kernel.fetch_google_keys import fetch_google_keys  # brings the HTTP client, on first use

        return await fetch_google_keys(address)

    return fetch


class GoogleIdentities:
    """Verifies Google's identity tokens of the listed service accounts, made for `audience`, our own address."""

    def __init__(self, key_source: KeySource, *, audience: str, accounts: Mapping[str, str], clock: Clock) -> None:
        self._keys = PublishedKeys(key_source, clock, GOOGLE_ALGORITHMS)
        self._audience = audience
        self._accounts = dict(accounts)
        self._clock = clock

    async def service_of(self, token: str, audience: str) -> str:
        """Return which service this token's account is. Raises CallerRejected, Unavailable without any key.

        `audience` is one of our services; Google's tokens name the address of the process that runs it.
        """
        try:
            sealed = unseal(token)
            kid = sealed.header.get("kid")
            if sealed.header.get("typ") != "JWT" or sealed.header.get("alg") != "RS256" or not isinstance(kid, str):
                raise TokenRefused("another kind of token")
            await self._keys.refresh_if_stale()
            key = await self._keys.find(kid)
            if key is None:
                raise TokenRefused("unknown key")
            return self._service(strict_object(verified_payload(sealed, key)))
        except TokenRefused as refused:
            log.info("google_identity_refused", service=audience, reason=str(refused))
            raise CallerRejected() from None

    def _service(self, claims: dict[str, object]) -> str:
        if claims.get("iss") != GOOGLE_ISSUER or claims.get("aud") != self._audience:
            raise TokenRefused("another issuer or audience")
        self._require_now(claims)
        account = claims.get("email")
        if claims.get("email_verified") is not True or not isinstance(account, str):
            raise TokenRefused("no verified account")
        service = self._accounts.get(account)
        if service is None:
            raise TokenRefused("an account that is not listed")
        return service

    def _require_now(self, claims: dict[str, object]) -> None:
        expiry, issued = claims.get("exp"), claims.get("iat")
        if type(expiry) is not int or type(issued) is not int:
            raise TokenRefused("times that are no whole numbers")
        now, leeway = self._clock.now().timestamp(), LEEWAY.total_seconds()
        if not 0 < expiry - issued <= LIFETIME.total_seconds():
            raise TokenRefused("lives longer than Google's do")
        if now >= expiry + leeway or now < issued - leeway:
            raise TokenRefused("expired or not valid yet")

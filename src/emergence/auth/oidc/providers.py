"""The providers that are set up, each with what is known of it; nothing is asked before somebody needs it."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from math import inf

import structlog

from emergence.auth.oidc.ask_provider import ProviderClient
from emergence.auth.oidc.provider_keys import ProviderKeys
from emergence.auth.oidc.provider_metadata import DISCOVERY_PATH, ProviderMetadata, metadata_from
from emergence.auth.oidc.provider_settings import OidcProvider
from emergence.auth.oidc.reach import Reach
from emergence.auth.settings import AuthSettings
from emergence.contracts.auth.provider_problems import SignInProviderUnavailable, UnknownSignInProvider
from emergence.kernel.clock import Clock

log = structlog.get_logger(__name__)

FRESH_FOR = timedelta(hours=1)
FAILED_PAUSE = timedelta(seconds=5)  # whoever signs in meanwhile does not wait for the same silence


class Provider:
    """One provider; safe for concurrent use within one event loop."""

    def __init__(self, settings: OidcProvider, *, is_production: bool, clock: Clock) -> None:
        self.settings = settings
        self._reach = Reach(loopback=not is_production, private=settings.private_network)
        self.client = ProviderClient(settings.id, self._reach)
        self.keys = ProviderKeys(self._key_set, clock)
        self._clock = clock
        self._metadata: ProviderMetadata | None = None
        self._fetched_at = self._failed_at = -inf
        self._fetching = asyncio.Lock()

    async def metadata(self) -> ProviderMetadata:
        """Return what the provider says of itself, at most an hour old, or older while it does not answer.

        Raises SignInProviderUnavailable.
        """
        async with self._fetching:
            if self._since(self._fetched_at) >= FRESH_FOR.total_seconds():
                await self._fetch()
            if self._metadata is None:
                raise SignInProviderUnavailable(reason="failed a moment ago")
            return self._metadata

    async def _fetch(self) -> None:
        if self._since(self._failed_at) < FAILED_PAUSE.total_seconds():
            return
        try:
            members = await self.client.get(self.settings.issuer.rstrip("/") + DISCOVERY_PATH)
            self._metadata = metadata_from(members, self.settings.issuer, self._reach)
        except SignInProviderUnavailable as failed:
            self._failed_at = self._clock.elapsed_s()
            log.warning("sign_in_provider_discovery_failed", provider=self.settings.id, reason=failed.reason)
            if self._metadata is None:
                raise
            return
        self._fetched_at = self._clock.elapsed_s()

    async def _key_set(self) -> Mapping[str, object]:
        return await self.client.get((await self.metadata()).jwks_uri)

    def _since(self, moment: float) -> float:
        return self._clock.elapsed_s() - moment


class Providers:
    """All providers, in the order of the operator's list."""

    def __init__(self, settings: AuthSettings, clock: Clock) -> None:
        is_production = settings.emergence_env == "production"
        self._by_id = {
            each.id: Provider(each, is_production=is_production, clock=clock) for each in settings.oidc_providers()
        }

    def listed(self) -> list[OidcProvider]:
        """Return what the operator wrote of each."""
        return [provider.settings for provider in self._by_id.values()]

    def find(self, provider_id: str) -> Provider:
        """Return a provider. Raises UnknownSignInProvider."""
        if provider_id not in self._by_id:
            raise UnknownSignInProvider()
        return self._by_id[provider_id]

    def of_issuer(self, issuer: str) -> OidcProvider | None:
        """Return the provider with an issuer, if it is set up."""
        return next((each for each in self.listed() if each.issuer == issuer), None)

    async def close(self) -> None:
        """Close every connection."""
        for provider in self._by_id.values():
            await provider.client.close()

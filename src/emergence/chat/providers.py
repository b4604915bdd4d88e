"""Which providers of models can answer now, from the environment and from what administrators typed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import SecretStr

from emergence.chat import store
from emergence.chat.local_model import LocalEndpoint, LocalModel, LocalModelDown
from emergence.chat.models.call_with_care import Care
from emergence.chat.models.catalogue import facts_of
from emergence.chat.models.circuit_breaker import CircuitBreaker
from emergence.chat.models.errors import ModelUnavailable
from emergence.chat.models.open_provider import open_builtin, open_provider
from emergence.chat.models.provider import ModelProvider, ProviderAccess
from emergence.chat.settings import ChatSettings
from emergence.contracts.chat import ProviderName, ProviderState
from emergence.kernel.clock import Clock
from emergence.kernel.sealing import Seal, SealBroken
from emergence.kernel.storage.database import Database

RemoteProvider = Literal["anthropic", "openai", "openai_compatible"]
REMOTE_PROVIDERS: tuple[RemoteProvider, ...] = ("anthropic", "openai", "openai_compatible")  # the order of trial
SEAL_LABEL = "provider-keys/v1"

NOTICES: Mapping[ProviderName, str] = {
    "anthropic": "Add a key here, or set ANTHROPIC_API_KEY.",
    "openai": "Add a key here, or set OPENAI_API_KEY.",
    "openai_compatible": "Add an address and a model here, or set OPENAI_COMPATIBLE_BASE_URL and _MODEL.",
    "builtin": "Switched off by CHAT_BUILTIN_MODEL.",
}
KEY_UNREADABLE = "The stored key was sealed with another CHAT_KEY_SECRET. Enter it again."


@dataclass(frozen=True, slots=True)
class Configured:
    """How one provider is to be reached, and where that was said."""

    name: ProviderName
    access: ProviderAccess
    model: str | None
    source: Literal["environment", "administrator", "package"] | None
    notice: str | None = None
    has_own_key: bool = False  # typed in by an administrator, not taken from the environment

    @property
    def is_ready(self) -> bool:
        """Whether a call can be tried."""
        return self.source is not None and self.notice is None

    def state(self) -> ProviderState:
        """Return what people may see of it: never the key."""
        state: Literal["ready", "not_configured", "unavailable"] = "ready" if self.is_ready else "unavailable"
        return ProviderState(
            provider=self.name,
            state=state if self.source is not None else "not_configured",
            source=self.source,
            model=self.model,
            base_url=self.access.base_url if self.name == "openai_compatible" else None,
            demonstration=self.name == "builtin",
            notice=self.notice,
        )


@dataclass(frozen=True, slots=True)
class OpenProvider:
    """A provider that can be called, with what its careful calls need."""

    configured: Configured
    provider: ModelProvider
    care: Care


@dataclass(slots=True)
class Providers:
    """Opens providers when they are needed and keeps them while their configuration stays the same."""

    settings: ChatSettings
    database: Database
    clock: Clock
    local_model: LocalModel
    seal: Seal | None
    _open: dict[ProviderName, OpenProvider] = field(default_factory=dict)

    async def configured(self) -> list[Configured]:
        """Return every provider in order of trial; read anew, because another instance may have changed it."""
        stored = await store.read_providers(self.database)
        remote = [self._configured(name, stored.get(name)) for name in REMOTE_PROVIDERS]
        return [*remote, self._builtin()]

    async def chain(self) -> list[Configured]:
        """Return the providers to try for one reply; the demonstration model only when there is no other."""
        ready = [configured for configured in await self.configured() if configured.is_ready]
        real = [configured for configured in ready if configured.name != "builtin"]
        return real or ready

    def opened(self, configured: Configured) -> OpenProvider:
        """Return the provider ready to be called, the same one while its access stays the same.

        Raises ModelError when its key or address cannot be one.
        """
        known = self._open.get(configured.name)
        if known is None or known.configured.access != configured.access:
            # A replaced one is left to the calls that still read from it.
            known = OpenProvider(configured, self._open_new(configured), Care(self.clock, CircuitBreaker(self.clock)))
        elif known.configured != configured:
            known = replace(known, configured=configured)
        self._open[configured.name] = known
        return known

    def with_change(
        self, configured: Configured, api_key: SecretStr | None, base_url: str | None, model: str | None
    ) -> Configured:
        """Return `configured` as an administrator's change would make it; what is not given stays."""
        address = base_url or configured.access.base_url
        # A known key is never sent to a new address: it would be given away to whoever listens there.
        kept_key = configured.access.api_key if address == configured.access.base_url else None
        key = api_key.get_secret_value().strip() if api_key is not None else kept_key
        has_own_key = api_key is not None or (configured.has_own_key and kept_key is not None)
        access = ProviderAccess(key or None, address)
        chosen = model or configured.model or facts_of(configured.name).default_model
        return replace(
            configured, access=access, model=chosen, source="administrator", notice=None, has_own_key=has_own_key
        )

    def to_store(self, changed: Configured, seal: Seal) -> store.StoredProvider:
        """Return what to keep of `changed`; what the environment says is not copied, and can be rotated there."""
        given = self._from_environment(changed.name).access if changed.name != "builtin" else ProviderAccess()
        key = changed.access.api_key if changed.has_own_key else None
        address = changed.access.base_url
        return store.StoredProvider(
            provider=changed.name,
            api_key_sealed=seal.close(key.encode(), changed.name) if key else None,
            base_url=None if address == given.base_url else address,
            model=changed.model,
        )

    async def prove(self, configured: Configured) -> None:
        """Call the provider once, as cheaply as it allows. Raises ModelError."""
        provider = self._open_new(configured)
        try:
            await provider.check()
        finally:
            await provider.close()

    async def close(self) -> None:
        """Give back every connection and end the local model."""
        for opened in self._open.values():
            await opened.provider.close()
        self._open.clear()
        await self.local_model.close()

    def _configured(self, name: RemoteProvider, stored: store.StoredProvider | None) -> Configured:
        if stored is None:
            return self._from_environment(name)
        given = self._from_environment(name).access
        base_url = stored.base_url or given.base_url
        key = given.api_key if base_url == given.base_url else None
        if stored.api_key_sealed is not None:
            try:
                key = self._unsealed(name, stored.api_key_sealed)
            except SealBroken:
                return Configured(
                    name, ProviderAccess(None, stored.base_url), stored.model, "administrator", KEY_UNREADABLE
                )
        has_own_key = stored.api_key_sealed is not None
        return Configured(name, ProviderAccess(key, base_url), stored.model, "administrator", has_own_key=has_own_key)

    def _from_environment(self, name: RemoteProvider) -> Configured:
        settings = self.settings
        key, base_url, model = {
            "anthropic": (settings.anthropic_api_key, settings.anthropic_base_url, settings.anthropic_model),
            "openai": (settings.openai_api_key, settings.openai_base_url, settings.openai_model),
            "openai_compatible": (
                settings.openai_compatible_api_key,
                settings.openai_compatible_base_url,
                settings.openai_compatible_model,
            ),
        }[name]
        access = ProviderAccess(key.get_secret_value() if key else None, base_url)
        is_given = base_url is not None if name == "openai_compatible" else key is not None
        chosen = model or facts_of(name).default_model
        if not is_given:
            return Configured(name, access, chosen, None, NOTICES[name])
        notice = None if chosen else "Set OPENAI_COMPATIBLE_MODEL to the name of a model at that address."
        return Configured(name, access, chosen, "environment", notice)

    def _builtin(self) -> Configured:
        if not self.settings.chat_builtin_model:
            return Configured("builtin", ProviderAccess(), None, None, NOTICES["builtin"])
        reason = LocalModel.unavailable_reason()
        return Configured("builtin", ProviderAccess(), "SmolLM2-135M-Instruct", "package", reason)

    def _unsealed(self, name: ProviderName, sealed: bytes) -> str:
        if self.seal is None:
            raise SealBroken()
        return self.seal.open(sealed, name).decode()

    def _open_new(self, configured: Configured) -> ModelProvider:
        if configured.name == "builtin":
            return open_builtin(self._local_endpoint, self.clock)
        return open_provider(configured.name, configured.access, self.clock)

    async def _local_endpoint(self) -> LocalEndpoint:
        try:
            return await self.local_model.endpoint()
        except LocalModelDown as down:
            raise ModelUnavailable("builtin", detail=str(down)) from down

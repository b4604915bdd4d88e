"""An administrator's key or address: tried at once, kept only when it works."""

from uuid import UUID

from emergence.chat import store
from emergence.chat.models.errors import ModelError
from emergence.chat.parts import Chat
from emergence.chat.providers import Configured, RemoteProvider
from emergence.contracts.chat import ConfigureProvider, Models, ProviderKeysDisabled, ProviderRejected, ProviderState


async def configure_provider(
    chat: Chat, provider: RemoteProvider, change: ConfigureProvider, *, by: UUID
) -> ProviderState:
    """Try the provider with `change`, keep it, and return the new state.

    Raises ProviderKeysDisabled without CHAT_KEY_SECRET, ProviderRejected (with the reason) when
    the provider does not answer to it; then nothing has changed.
    """
    if chat.seal is None:
        raise ProviderKeysDisabled()
    current = await _configured(chat, provider)
    changed = chat.providers.with_change(current, change.api_key, change.base_url, change.model)
    if changed.model is None:
        raise ProviderRejected("Enter the name of a model that this server offers.")
    try:
        await chat.providers.prove(changed)
    except ModelError as error:
        detail = f" ({error.detail})" if error.detail else ""
        raise ProviderRejected(error.sentence + detail, members={"reason": error.code}) from error
    key = changed.access.api_key
    sealed = chat.seal.close(key.encode(), provider) if key else None
    async with chat.database.transaction() as tx:
        stored = store.StoredProvider(provider, sealed, changed.access.base_url, changed.model)
        await store.save_provider(tx, stored, by=by)
    return changed.state()


async def forget_provider(chat: Chat, provider: RemoteProvider) -> ProviderState:
    """Drop what administrators typed in; what the environment says counts again. Idempotent."""
    async with chat.database.transaction() as tx:
        await store.delete_provider(tx, provider)
    return (await _configured(chat, provider)).state()


async def list_models(chat: Chat) -> Models:
    """Return every provider's state, in the order in which agents try them."""
    return Models(providers=[configured.state() for configured in await chat.providers.configured()])


async def _configured(chat: Chat, provider: RemoteProvider) -> Configured:
    return next(configured for configured in await chat.providers.configured() if configured.name == provider)

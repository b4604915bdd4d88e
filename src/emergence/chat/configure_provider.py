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
    if change.base_url is not None and provider != "openai_compatible":
        raise ProviderRejected("An address of one's own belongs to openai_compatible; this provider has its own.")
    current = await _configured(chat, provider)
    changed = chat.providers.with_change(current, change.api_key, change.base_url, change.model)
    if changed.model is None:
        raise ProviderRejected("Enter the name of a model that this server offers.")
    try:
        await chat.providers.prove(changed)
    except ModelError as error:
        members = {"reason": error.code} | ({"provider_words": error.detail} if error.detail else {})
        raise ProviderRejected(error.sentence, members=members) from error
    stored = chat.providers.to_store(changed, chat.seal)
    async with chat.database.transaction() as tx:
        await store.save_provider(tx, stored, by=by)
    return changed.state()


async def forget_provider(chat: Chat, provider: RemoteProvider) -> ProviderState:
    """Drop what administrators typed in; what the environment says counts again. Idempotent."""
    async with chat.database.transaction() as tx:
        await store.delete_provider(tx, provider)
    return (await _configured(chat, provider)).state()


async def list_models(chat: Chat, *, with_addresses: bool) -> Models:
    """Return every provider's state, in the order in which agents try them."""
    states = [configured.state() for configured in await chat.providers.configured()]
    if with_addresses:
        return Models(providers=states)
    return Models(providers=[state.model_copy(update={"base_url": None}) for state in states])


async def _configured(chat: Chat, provider: RemoteProvider) -> Configured:
    return next(configured for configured in await chat.providers.configured() if configured.name == provider)

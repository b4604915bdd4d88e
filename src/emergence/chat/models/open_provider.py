"""From a key and an address to a provider whose package loads at its first call."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Literal
from urllib.parse import urlsplit

from emergence.chat.models.errors import ModelError, ModelKeyRejected, ModelPackageMissing, ModelUnavailable
from emergence.chat.models.provider import LocalEndpointFacts, ModelCall, ModelEvent, ModelProvider, ProviderAccess
from emergence.contracts.chat import ProviderName
from emergence.kernel.clock import Clock


def open_provider(
    name: Literal["anthropic", "openai", "openai_compatible"], access: ProviderAccess, clock: Clock
) -> ModelProvider:
    """Return the provider for `access`; nothing is imported or called yet.

    A compatible server's address may leave out its usual `/v1`. Raises ModelKeyRejected when the
    key is missing where one is needed or cannot be a key, ModelUnavailable when the address is
    missing or cannot be one.
    """
    checked = _checked(name, access)

    def load() -> ModelProvider:
        if name == "anthropic":
            from emergence.chat.models.anthropic_messages import AnthropicMessages

            return AnthropicMessages(checked, clock)
        from emergence.chat.models.openai_chat import OpenAIChat

        return OpenAIChat(name, checked, clock)

    return LoadedOnFirstUse(name, load)


def open_builtin(endpoint: Callable[[], Awaitable[LocalEndpointFacts]], clock: Clock) -> ModelProvider:
    """Return the provider that speaks with a model server on this machine.

    `endpoint` is asked at every call, so that a server that was started again is found; whatever
    it raises reaches the caller. The call's model name is replaced by the endpoint's.
    """
    return BuiltinModel(endpoint, clock)


class LoadedOnFirstUse:
    """A provider whose package is imported, beside the event loop, when it is first called."""

    def __init__(self, name: ProviderName, load: Callable[[], ModelProvider]) -> None:
        self.name: ProviderName = name
        self._load = load
        self._loaded: ModelProvider | None = None
        self._loading = asyncio.Lock()

    async def stream(self, call: ModelCall) -> AsyncGenerator[ModelEvent, None]:
        provider = await self._provider()
        async with aclosing(provider.stream(call)) as events:
            async for event in events:
                yield event

    async def prepare(self) -> None:
        await self._provider()

    async def check(self) -> None:
        await (await self._provider()).check()

    async def close(self) -> None:
        if self._loaded is not None:
            await self._loaded.close()

    async def _provider(self) -> ModelProvider:
        async with self._loading:
            if self._loaded is None:
                # Over a second of CPU for some packages; a thread lets other streams go on meanwhile.
                try:
                    self._loaded = await asyncio.to_thread(self._load)
                except ImportError as error:
                    raise ModelPackageMissing(self.name) from error
            return self._loaded


class BuiltinModel:
    """The model on this machine, spoken with like any compatible server."""

    name: ProviderName = "builtin"

    def __init__(self, endpoint: Callable[[], Awaitable[LocalEndpointFacts]], clock: Clock) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._servers: dict[ProviderAccess, ModelProvider] = {}  # one, unless the server was started again

    async def stream(self, call: ModelCall) -> AsyncGenerator[ModelEvent, None]:
        where = await self._endpoint()
        provider = self._at(where)
        async with aclosing(provider.stream(replace(call, model=where.model))) as events:
            async for event in events:
                yield event

    async def prepare(self) -> None:
        await self._at(await self._endpoint()).prepare()

    async def check(self) -> None:
        await self._at(await self._endpoint()).check()

    async def close(self) -> None:
        for server in self._servers.values():
            await server.close()

    def _at(self, where: LocalEndpointFacts) -> ModelProvider:
        access = ProviderAccess(where.api_key, where.base_url)
        if access not in self._servers:
            self._servers[access] = LoadedOnFirstUse(self.name, lambda: _openai_chat(access, self._clock))
        return self._servers[access]


def _openai_chat(access: ProviderAccess, clock: Clock) -> ModelProvider:
    from emergence.chat.models.openai_chat import OpenAIChat

    return OpenAIChat("builtin", access, clock)


def _checked(name: ProviderName, access: ProviderAccess) -> ProviderAccess:
    key = (access.api_key or "").strip()
    if not key and name != "openai_compatible":
        raise ModelKeyRejected(name)
    if not (key.isascii() and key.isprintable()):  # it could not be sent as a header
        raise ModelKeyRejected(name)
    address = (access.base_url or "").strip()
    if not address and name == "openai_compatible":
        raise ModelUnavailable(name)
    return ProviderAccess(key or None, _checked_address(name, address) if address else None)


def _checked_address(name: ProviderName, address: str) -> str:
    failure: ModelError | None = None
    try:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            failure = ModelUnavailable(name)
    except ValueError:
        failure = ModelUnavailable(name)
    if failure is not None:
        raise failure
    bare = name == "openai_compatible" and parts.path in ("", "/")
    return address.rstrip("/") + "/v1" if bare else address

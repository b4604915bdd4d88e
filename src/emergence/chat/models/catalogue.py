"""What each model can do, read from `models.json`: names and sizes are data, not code."""

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from emergence.contracts.chat import ProviderName

Effort = Literal["low", "medium", "high", "xhigh", "max"]


class Capabilities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model can do, and how much at once.

    `sampling` says whether it accepts a temperature; `context_tokens` is what it can read,
    `max_output_tokens` what it can write at most (None: not known); `effort` is how much thought
    we ask of a model that thinks (None: do not ask).
    """

    tools: bool
    images: bool
    reasoning: bool
    caching: bool
    sampling: bool
    context_tokens: int
    max_output_tokens: int | None
    effort: Effort | None
    streaming: bool = True


class ProviderFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One provider: its public address, its default model, and the models we know."""

    base_url: str | None
    default_model: str | None
    unknown: Capabilities
    models: dict[str, Capabilities]


class _Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    checked: str
    sources: list[str]
    providers: dict[ProviderName, ProviderFacts]


@cache
def _catalogue() -> _Catalogue:
    return msgspec.json.decode(files(__package__).joinpath("models.json").read_bytes(), type=_Catalogue)


def facts_of(provider: ProviderName) -> ProviderFacts:
    """Return what we know of `provider`."""
    return _catalogue().providers[provider]


def capabilities_of(provider: ProviderName, model: str) -> Capabilities:
    """Return what `model` can do; a name we do not know gets its provider's careful assumptions."""
    facts = facts_of(provider)
    return facts.models.get(model, facts.unknown)


def output_limit(provider: ProviderName, model: str, wanted: int) -> int:
    """Return `wanted` tokens, or what the model can write where that is less."""
    known = capabilities_of(provider, model).max_output_tokens
    return wanted if known is None else min(wanted, known)

"""The words between chat and any language model: one call in, a stream of events out."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol

from emergence.contracts.chat import ProviderName


@dataclass(frozen=True, slots=True)
class ModelTurn:
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class ModelCall:
    """Everything a provider needs for one answer.

    `deadline` bounds the whole call, retries included; `first_token_deadline` bounds the wait for
    the first text, and later every silence on the wire. Models that think first need a long one.
    `temperature` is left out where the model refuses it.
    """

    model: str
    system: str
    turns: tuple[ModelTurn, ...]
    max_output_tokens: int
    temperature: float | None
    deadline: timedelta
    first_token_deadline: timedelta


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of text; pieces are concatenated as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class UsageReport:
    """What one call used, at most once per call, before `ModelEnded` or before the error.

    `input_tokens` counts everything sent, `cached_input_tokens` and `cache_written_input_tokens`
    are parts of it. `output_tokens` includes hidden reasoning. `estimated` means that the
    provider gave no complete figures and ours are guesses.
    """

    input_tokens: int
    output_tokens: int
    cached_input_tokens: int = 0
    estimated: bool = False
    cache_written_input_tokens: int = 0


@dataclass(frozen=True, slots=True)
class ModelEnded:
    """The model finished by itself; nothing follows."""

    reason: Literal["end", "max_tokens", "refusal"]


ModelEvent = TextDelta | UsageReport | ModelEnded


@dataclass(frozen=True, slots=True)
class ProviderAccess:
    """How to authenticate and where; `base_url` None means the provider's public address."""

    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None


class LocalEndpointFacts(Protocol):
    """Where a model server on this machine listens."""

    @property
    def base_url(self) -> str: ...

    @property
    def api_key(self) -> str: ...

    @property
    def model(self) -> str: ...


class ModelProvider(Protocol):
    """One provider, ready to be called; safe for concurrent calls."""

    @property
    def name(self) -> ProviderName: ...

    def stream(self, call: ModelCall) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer as it comes; closing or cancelling ends the HTTP stream at the provider.

        Raises ModelError after every text that arrived has been yielded. Never retries.
        """
        ...

    async def prepare(self) -> None:
        """Load what the first call needs, a package or a local model; no deadline counts it. Idempotent."""
        ...

    async def check(self) -> None:
        """Prove with the cheapest real call that key and address work; raise ModelError if not."""
        ...

    async def close(self) -> None:
        """Give back connections. Idempotent."""
        ...

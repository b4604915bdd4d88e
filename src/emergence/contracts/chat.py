"""What chat promises: agents, providers, and one streamed reply at a time."""

from collections.abc import AsyncGenerator
from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter

from emergence.contracts.memory.recall import RecalledItem
from emergence.contracts.memory.recollection import KnownItem
from emergence.contracts.time_zones import TimeZoneName
from emergence.kernel.errors import ServiceError
from emergence.kernel.events.event import Event
from emergence.kernel.wire.client import PeerCall, PeerClient

Language = Literal["en", "fr"]
ProviderName = Literal["anthropic", "openai", "openai_compatible", "builtin"]


class Translated(BaseModel):
    """One text in every language of the product."""

    en: str
    fr: str


class Agent(BaseModel):
    """Somebody to talk with."""

    id: str
    name: str
    description: Translated
    starters: dict[Language, list[str]] = Field(description="first messages to offer in an empty thread")


class Agents(BaseModel):
    """Every agent that the caller can talk with."""

    agents: list[Agent]


class ProviderState(BaseModel):
    """Whether a provider of models can be used, and if not, why."""

    provider: ProviderName
    state: Literal["ready", "not_configured", "unavailable"]
    source: Literal["environment", "administrator", "package"] | None
    model: str | None = Field(description="the model that agents use from this provider")
    base_url: str | None = Field(default=None, description="shown to administrators only")
    demonstration: bool = False
    notice: str | None = Field(default=None, description="what is missing and how to mend it")


class Models(BaseModel):
    """Providers in the order in which agents try them."""

    providers: list[ProviderState]


class ConfigureProvider(BaseModel):
    """An administrator's own key or address; checked against the provider before it is kept."""

    model_config = ConfigDict(extra="forbid")

    api_key: SecretStr | None = None
    base_url: str | None = Field(
        default=None,
        max_length=500,
        pattern=r"^https?://[^/@\s\x00-\x1f]+(/[^\s\x00-\x1f]*)?$",
        description="for openai_compatible; without a user or a password in it",
    )
    model: str | None = Field(default=None, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")


class Turn(BaseModel):
    """One earlier message, as an agent should see it."""

    role: Literal["user", "agent"]
    agent: str | None = None
    text: str


class ReplyRequest(BaseModel):
    """Everything chat needs for one run."""

    run_id: UUID
    user_id: UUID
    thread_id: UUID
    message_id: UUID | None = Field(default=None, description="where the reply will stand")
    agent: str
    language: Language
    time_zone: TimeZoneName | None = None
    temporary: bool = Field(default=False, description="the thread leaves no trace anywhere else")
    turns: list[Turn] = Field(min_length=1, description="oldest first; the last one is the user's")


class ReplyStarted(BaseModel):
    """A model was chosen and accepted the call."""

    type: Literal["started"] = "started"
    provider: ProviderName
    model: str
    demonstration: bool = False


class ReplyRecalled(BaseModel):
    """What the agent was shown of other threads, and of what memory knows, before its first text."""

    type: Literal["recalled"] = "recalled"
    items: list[RecalledItem]
    known: list[KnownItem] = []


class ReplyText(BaseModel):
    """The next piece of text; pieces are concatenated as they are."""

    type: Literal["text"] = "text"
    text: str


class ReplyUsage(BaseModel):
    """What the run used. `cost_usd` is None when the price is unknown, never 0 for want of a price."""

    type: Literal["usage"] = "usage"
    input_tokens: int
    output_tokens: int
    cached_input_tokens: int = 0
    estimated: bool = False
    cost_usd: Decimal | None = None
    price_source: str | None = None


FinishReason = Literal["done", "max_tokens", "refusal"]


class ReplyEnded(BaseModel):
    """The model finished by itself, reached the longest answer that it may give, or declined to go on."""

    type: Literal["ended"] = "ended"
    reason: FinishReason = "done"


class ReplyFailed(BaseModel):
    """The reply broke off; every piece already sent stays valid. `provider` and `model` are what was tried last."""

    type: Literal["failed"] = "failed"
    provider: ProviderName | None = None
    model: str | None = None
    code: str
    message: str
    retryable: bool
    hint: str | None = None


ReplyPiece = Annotated[
    ReplyStarted | ReplyRecalled | ReplyText | ReplyUsage | ReplyEnded | ReplyFailed,
    Field(discriminator="type"),
]
REPLY_PIECE: TypeAdapter[ReplyPiece] = TypeAdapter(ReplyPiece)


class UnknownAgent(ServiceError):
    """No agent has that id."""

    code = "unknown_agent"
    status = 404
    sentence = "There is no agent with that name. Anima, Neo and Nexus answer here."


class ProviderRejected(ServiceError):
    """The key or address that was typed in does not work; nothing was changed."""

    code = "provider_rejected"
    status = 409
    sentence = "The provider did not accept this key or address. Nothing was changed."


class ProviderKeysDisabled(ServiceError):
    """Keys cannot be kept because no secret protects them at rest."""

    code = "provider_keys_disabled"
    status = 409
    sentence = "Keys cannot be stored here: set CHAT_KEY_SECRET, or give the key in the environment."


class RunFinished(Event):
    """A run ended, with what it used; the money is counted from this."""

    name: ClassVar[str] = "chat.run_finished.v1"

    run_id: UUID
    user_id: UUID
    thread_id: UUID
    agent: str
    provider: str | None
    model: str | None
    outcome: Literal["done", "stopped", "error"]
    input_tokens: int
    output_tokens: int
    cached_input_tokens: int
    estimated: bool
    cost_usd: Decimal | None
    finished_at: datetime

    def subject(self) -> str:
        return f"thread:{self.thread_id}"


class ChatClient(PeerClient):
    """Calls chat, wherever it runs."""

    service = "chat"

    async def agents(self) -> Agents:
        """Return the agents. Idempotent."""
        return await self.call(PeerCall("GET", "/api/chat/internal/agents", idempotent=True), Agents)

    def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyPiece, None]:
        """Stream one reply; closing the iterator stops the model.

        The last piece is `ReplyEnded` or `ReplyFailed`. Raises UnknownAgent, Unavailable.
        """
        return self.stream(PeerCall("POST", "/api/chat/internal/reply", request), REPLY_PIECE)

"""What the tests of the model seam say, and how they listen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from emergence.chat.models.errors import ModelError
from emergence.chat.models.open_provider import open_provider
from emergence.chat.models.provider import (
    ModelCall,
    ModelEnded,
    ModelEvent,
    ModelProvider,
    ModelTurn,
    ProviderAccess,
    TextDelta,
    UsageReport,
)
from emergence.kernel.clock import SystemClock
from tests.scripted_models.anthropic_server import AnthropicServer
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Script, Step
from tests.scripted_models.server import ScriptedServer

KEY = "sk-test-0123456789abcdef"

CALL = ModelCall(
    model="scripted-1",
    system="You are Anima.",
    turns=(
        ModelTurn("user", "Hello"),
        ModelTurn("assistant", "Hello to you."),
        ModelTurn("user", "What is the capital of France?"),
    ),
    max_output_tokens=500,
    temperature=0.7,
    deadline=timedelta(seconds=5),
    first_token_deadline=timedelta(seconds=3),
)


@dataclass(slots=True)
class Heard:
    """Everything that one stream gave, and how it ended."""

    events: list[ModelEvent] = field(default_factory=list)
    error: ModelError | None = None

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    @property
    def usage(self) -> UsageReport:
        (report,) = [event for event in self.events if isinstance(event, UsageReport)]
        return report

    @property
    def ended(self) -> ModelEnded | None:
        last = self.events[-1] if self.events else None
        return last if isinstance(last, ModelEnded) else None


async def hear(events: AsyncIterator[ModelEvent]) -> Heard:
    heard = Heard()
    try:
        async for event in events:
            heard.events.append(event)
    except ModelError as error:
        heard.error = error
    return heard


@dataclass(frozen=True, slots=True)
class Line:
    """A provider and the scripted server at its other end."""

    provider: ModelProvider
    server: ScriptedServer


@asynccontextmanager
async def line_to(kind: str, *steps: Step, key: str = KEY) -> AsyncIterator[Line]:
    """Yield a provider, through its real package, and its scripted server; `kind` names the provider."""
    server = (AnthropicServer if kind == "anthropic" else OpenAIServer)(Script(*steps), key=KEY)
    async with server:
        access = ProviderAccess(key, server.base_url)
        if kind == "anthropic":
            provider = open_provider("anthropic", access, SystemClock())
        elif kind == "openai":
            provider = open_provider("openai", access, SystemClock())
        else:
            provider = open_provider("openai_compatible", access, SystemClock())
        try:
            yield Line(provider, server)
        finally:
            await provider.close()

"""The chat service's variables."""

from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from emergence.contracts.auth.administering import AdministeringSettings
from emergence.contracts.auth.verifier_settings import VerifierSettings
from emergence.kernel.settings import Boolean, Seconds, Secret, ServerAddress, WebAddress
from emergence.kernel.surroundings import DatabaseUrl, StrongSecret


class ChatSettings(VerifierSettings, AdministeringSettings):
    """Keys, addresses and limits of language models."""

    service: ClassVar[str | None] = "chat"

    chat_service_url: ServerAddress | None = Field(
        default=None, description="Where others call this service, as their identity tokens name it (`aud`)."
    )
    chat_database_url: DatabaseUrl | None = Field(
        default=None, description="PostgreSQL address of chat alone; default: DATABASE_URL."
    )
    chat_key_secret: StrongSecret | None = Field(
        default=None,
        description="Seals the provider keys that administrators type in, ≥ 32 bytes; without it none are kept.",
    )
    anthropic_api_key: Secret | None = Field(
        default=None, description="Key of Anthropic; without it the provider is off."
    )
    anthropic_model: str | None = Field(
        default=None, description="Model that agents use from Anthropic; default: the newest we know."
    )
    anthropic_base_url: WebAddress | None = Field(default=None, description="Another address for Anthropic's API.")
    openai_api_key: Secret | None = Field(default=None, description="Key of OpenAI; without it the provider is off.")
    openai_model: str | None = Field(
        default=None, description="Model that agents use from OpenAI; default: the newest we know."
    )
    openai_base_url: WebAddress | None = Field(default=None, description="Another address for OpenAI's API.")
    openai_compatible_base_url: WebAddress | None = Field(
        default=None,
        description="A server that speaks OpenAI's protocol: Ollama (http://127.0.0.1:11434/v1), vLLM, Mistral…",
    )
    openai_compatible_api_key: Secret | None = Field(
        default=None, description="Key for that server, where it asks for one."
    )
    openai_compatible_model: str | None = Field(
        default=None, description="Model name at that server; required with its address."
    )
    chat_builtin_model: Boolean = Field(
        default=True, description="Whether the built-in demonstration model answers while no provider is configured."
    )
    chat_reply_deadline_s: Seconds = Field(
        default=timedelta(minutes=5),
        description="Longest time one reply may take; long enough for a page of reasoning.",
    )
    chat_first_token_deadline_s: Seconds = Field(
        default=timedelta(seconds=90), description="Longest wait for the first token; models that think first need it."
    )
    chat_recall_tokens: int = Field(
        default=600,
        ge=0,
        le=8_000,
        description="Tokens of what was said in other threads that an agent is shown at most; three quarters of what "
        "answers a question are found in 500. 0: memory is not asked.",
    )
    chat_recall_deadline_s: Seconds = Field(
        default=timedelta(seconds=0.25),
        gt=timedelta(0),
        le=timedelta(seconds=30),
        description="Longest wait for memory before an answer; it is asked while the answer is prepared.",
    )
    chat_max_output_tokens: int = Field(
        default=4096, ge=16, le=128_000, description="Longest reply in tokens; bounds what one costs."
    )

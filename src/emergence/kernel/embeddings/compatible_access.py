"""Where a model is that speaks OpenAI's embeddings protocol; known without loading the package that asks it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CompatibleAccess:
    """One model behind an address, and the size of the vectors that are wanted of it."""

    base_url: str
    model: str
    dimensions: int
    api_key: str | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What its vectors are kept under: those of another size are another model's, never to be compared."""
        return f"{self.model}@{self.dimensions}"

"""The seam between those who search by meaning and the models that make it possible."""

import math
from collections.abc import Iterable, Sequence
from typing import NewType, Protocol

Vector = NewType("Vector", str)
"""A unit vector as pgvector reads it, `[0.0123,-0.0456,…]`, with the digits that half precision keeps."""

TEXT_LIMIT = 4_000  # characters: models read about 512 tokens, what follows would only cost time
QUERY_LIMIT = 500  # of a question, which somebody waits for


class EmbeddingDown(Exception):
    """No vector can be had now; words alone are searched, and what was not embedded is tried again later.

    The message is one sentence for an operator.
    """


class EmbeddingStopped(EmbeddingDown):
    """The process of the model died over it, or was killed: nobody knows yet whether a text is to blame.

    One that is only late is not that: the same texts would be waited for twice.
    """


class EmbeddingBusy(EmbeddingDown):
    """Too many wait already; come back later."""


class Embedder(Protocol):
    """One model. Its `name` stands beside every vector: those of two models are never compared."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    async def embed_query(self, text: str) -> Vector:
        """Return the vector of a question; goes before passages that wait. Raises EmbeddingDown."""
        ...

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """Return a vector for each text, in order. Raises EmbeddingDown; then none of them was made."""
        ...

    async def close(self) -> None:
        """Give back what it holds; a later call takes it again. Idempotent."""
        ...


def vector_of(values: Iterable[float]) -> Vector:
    """Return the unit vector in the direction of `values`. Raises ValueError when it has none."""
    numbers = list(values)
    length = math.sqrt(sum(number * number for number in numbers))
    if not math.isfinite(length) or length == 0:
        raise ValueError("a vector without a direction")
    return Vector("[" + ",".join(f"{number / length:.4g}" for number in numbers) + "]")

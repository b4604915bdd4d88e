"""A packaged model in a process of its own: started at first use, killed when late, started again when dead."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import structlog

from emergence.kernel.embeddings.availability import (
    BUILTIN_MODELS,
    BuiltinModel,
    BuiltinName,
    package_folder,
    unavailable_reason,
)
from emergence.kernel.embeddings.embedder import QUERY_LIMIT, TEXT_LIMIT, EmbeddingDown, Vector
from emergence.kernel.embeddings.turns import Turns
from emergence.kernel.metrics import counter, gauge

log = structlog.get_logger(__name__)

PROGRAM = Path(__file__).with_name("program.py")
START_DEADLINE_S = 60.0  # a cold disk reads 90 MB
ANSWER_DEADLINE_S = 20.0  # 50 ms of work; the rest is for a machine that does much else
STOP_DEADLINE_S = 2.0
WAITING_AT_MOST = 64  # requests: some seconds of work
ANSWER_LIMIT = 1 << 20  # bytes: 32 vectors take 130 kB

_waiting = gauge("embedding_queue_depth", "Requests that wait for a built-in embedding model.", ("model",))
_starts = counter("embedding_starts_total", "Starts of a built-in embedding model's process.", ("model",))


class BuiltinEmbedder:
    """One packaged model, alone in its process, on one thread. Belongs to the event loop of its first use."""

    def __init__(
        self,
        model: BuiltinName | BuiltinModel,
        *,
        answer_deadline_s: float = ANSWER_DEADLINE_S,
        waiting_at_most: int = WAITING_AT_MOST,
    ) -> None:
        self._model = model if isinstance(model, BuiltinModel) else BUILTIN_MODELS[model]
        self._answer_deadline_s = answer_deadline_s
        self._turns = Turns(waiting_at_most)
        self._process: Process | None = None

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
        """See Embedder; a question that comes meanwhile goes between two requests."""
        vectors: list[Vector] = []
        for some in _requests(texts, self._model):
            vectors += await self._request("passages", some)
        return vectors

    async def close(self) -> None:
        """End the process. See Embedder."""
        async with self._turns.mine():
            await self._end()

    async def _request(self, kind: Literal["query", "passages"], texts: Sequence[str]) -> list[Vector]:
        line = json.dumps({"kind": kind, "texts": [_readable(text) for text in texts]}).encode() + b"\n"
        _waiting.labels(self.name).set(self._turns.waiting)
        await self._turns.take(urgent=kind == "query")
        # A caller who leaves must not take the answer with it: the next one would read it.
        exchange = asyncio.create_task(self._exchange(line, len(texts)))
        exchange.add_done_callback(self._note_end)
        return await asyncio.shield(exchange)

    def _note_end(self, exchange: "asyncio.Task[list[Vector]]") -> None:
        self._turns.give_back()
        if not exchange.cancelled():
            exchange.exception()  # its caller may be gone: then nobody else asks for it

    async def _exchange(self, line: bytes, count: int) -> list[Vector]:
        process = await self._running()
        try:
            async with asyncio.timeout(self._answer_deadline_s):
                said = await _ask(process, line)
        except (TimeoutError, ConnectionError, EOFError, ValueError) as failed:
            await self._end()
            log.warning("embedding_process_ended", model=self.name, reason=type(failed).__name__)
            raise EmbeddingDown(f"The embedding model {self.name} stopped; it is started again when needed.") from None
        except asyncio.CancelledError:
            self._kill()
            raise
        vectors = said.get("vectors")
        if not isinstance(vectors, list) or len(vectors) != count:
            raise EmbeddingDown(f"The embedding model {self.name} failed: {said.get('error', 'a wrong answer')}.")
        return [Vector(text) for text in vectors]

    async def _running(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        order = self._order()
        self._process = await _spawn()
        try:
            async with asyncio.timeout(START_DEADLINE_S):
                said = await _ask(self._process, json.dumps(order).encode() + b"\n")
        except (TimeoutError, ConnectionError, EOFError, ValueError):
            await self._end()
            raise EmbeddingDown(f"The embedding model {self.name} did not start.") from None
        except asyncio.CancelledError:
            self._kill()
            raise
        if "error" in said:
            await self._end()
            raise EmbeddingDown(f"The embedding model {self.name} could not be loaded: {said['error']}.")
        _starts.labels(self.name).inc()
        log.info("embedding_process_ready", model=self.name, pid=self._process.pid)
        return self._process

    def _order(self) -> Mapping[str, object]:
        """Return which model the process loads, and from where. Raises EmbeddingDown where it cannot."""
        reason, folder = unavailable_reason(self.name), package_folder(self.name)
        if reason is not None or folder is None:
            raise EmbeddingDown(reason or "The embedding model is gone. Install its package again.")
        return {"model": self.name, "folder": str(folder)}

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    async def _end(self) -> None:
        """Kill it: it has nothing to save."""
        process = self._process
        self._kill()
        if process is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_DEADLINE_S):
                    await process.wait()


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


async def _spawn() -> Process:
    # Not our environment: it holds keys. A session of its own: Ctrl-C is for us.
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(PROGRAM), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=ANSWER_LIMIT,
        env={"PATH": os.defpath, **threads}, cwd="/", start_new_session=True,
    )  # fmt: skip


async def _ask(process: Process, line: bytes) -> dict[str, Any]:
    """Return what it answers. Raises ConnectionError or EOFError when it is dead, ValueError for something else."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line)
    await process.stdin.drain()
    answer = await process.stdout.readline()
    if not answer:
        raise EOFError
    said: dict[str, Any] = json.loads(answer)
    return said

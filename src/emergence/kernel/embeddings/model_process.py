"""A process that holds a model: started with an order, asked one thing of each kind at a time, killed at any time."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

Kind = Literal["query", "passages"]

PROGRAM = Path(__file__).with_name("program.py")
STOP_DEADLINE_S = 2.0
ANSWER_LIMIT = 1 << 20  # bytes: 32 vectors take 130 kB


class ModelProcess:
    """The program with its model loaded. Belongs to the event loop that started it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls) -> Self:
        """Return the process as it begins; the first thing that it must be given is its `load`."""
        # Not our environment: it holds keys. A session of its own: Ctrl-C is for us.
        threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-I", str(PROGRAM), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=ANSWER_LIMIT,
                env={"PATH": os.defpath, **threads}, cwd="/", start_new_session=True,
            )
        )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.returncode is None and (self._reading is None or not self._reading.done())

    async def load(self, order: Mapping[str, object]) -> dict[str, Any]:
        """Return what it says when it has loaded what was ordered. Raises EOFError, ConnectionError or ValueError."""
        self._write(order)
        assert self._process.stdout is not None
        said = _read(await self._process.stdout.readline())
        self._reading = asyncio.create_task(self._hand_out())
        return said

    async def ask(self, kind: Kind, texts: Sequence[str]) -> dict[str, Any]:
        """Return its answer; the caller asks nothing else of that kind meanwhile.

        Raises EOFError or ConnectionError when it is dead or says something else.
        """
        if self._reading is None or self._reading.done():
            raise EOFError
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._asked[kind] = answer
        self._write({"kind": kind, "texts": texts})
        return await answer

    def kill(self) -> None:
        """Kill it: it has nothing to save."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """Kill it and wait until it is gone."""
        if self._reading is None or not self._reading.done():  # else it is ending by itself
            self.kill()
        try:
            async with asyncio.timeout(STOP_DEADLINE_S):
                await self._process.wait()
                if self._reading is not None:
                    await self._reading
        except TimeoutError:
            self.kill()

    def _write(self, said: Mapping[str, object]) -> None:
        # Not drained: no more than one request of each kind is under way.
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(said).encode() + b"\n")

    async def _hand_out(self) -> None:
        """Give each answer to who asked; when there are no more, say so to who waits."""
        assert self._process.stdout is not None
        try:
            while True:
                said = _read(await self._process.stdout.readline())
                answer = self._asked.get(said.get("kind", ""))
                if answer is not None and not answer.done():
                    answer.set_result(said)
        except (EOFError, ConnectionError):
            pass
        except ValueError:
            self.kill()
        finally:
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(EOFError())
                    answer.exception()  # who asked may be gone


def _read(line: bytes) -> dict[str, Any]:
    if not line:
        raise EOFError
    said: dict[str, Any] = json.loads(line)
    return said

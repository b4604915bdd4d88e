"""The runs that this instance carries out, and the handle to end one from outside."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from enum import StrEnum
from uuid import UUID

from emergence.session.runs.run_log import RunLog
from emergence.session.store.runs import StoredRun


class Halt(StrEnum):
    """Why a run was ended from outside."""

    STOPPED = "stopped"  # its user said so
    INTERRUPTED = "interrupted"  # this instance goes away
    SILENT = "silent"  # nothing came from chat for too long
    LOST = "lost"  # another instance has ended it, or its user is no more


class Halted(Exception):
    """The stream of a run was ended from outside."""


class ExecutingRun:
    """One run in the hands of this instance."""

    def __init__(self, run: StoredRun, silence_limit_s: float) -> None:
        self.run = run
        self.log = RunLog(run, last_seq=1)  # number 1 is `run.queued`
        self.halted: Halt | None = None
        self._silence_limit_s = silence_limit_s
        self._patience: asyncio.Timeout | None = None

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Run the block until its end. Raises Halted on a halt or too long a silence; `halted` says which."""
        patience = asyncio.timeout(self._silence_limit_s if self.halted is None else 0)
        try:
            async with patience:
                self._patience = patience
                yield
        except TimeoutError:
            if not patience.expired():
                raise
            self.halted = self.halted or Halt.SILENT
            raise Halted(self.halted) from None
        finally:
            self._patience = None

    def heard(self) -> None:
        """Count the silence anew."""
        if self._patience is not None and self.halted is None:
            self._patience.reschedule(asyncio.get_running_loop().time() + self._silence_limit_s)

    def halt(self, reason: Halt) -> None:
        """End the stream for real, as soon as the event loop turns; the text stays. The first reason counts."""
        if self.halted is None:
            self.halted = reason
            if self._patience is not None and not self._patience.expired():
                self._patience.reschedule(asyncio.get_running_loop().time())


class ExecutingRuns:
    """The runs of this instance by id."""

    def __init__(self) -> None:
        self._runs: dict[UUID, ExecutingRun] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._by_user: Counter[UUID] = Counter()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self.tasks: asyncio.TaskGroup | None = None  # owns a task a run; None before start and during the drain

    def start(self, executing: ExecutingRun, work: Coroutine[object, object, None]) -> None:
        """Carry a run out in a task of its own. Raises RuntimeError when the service does not run."""
        if self.tasks is None:
            raise RuntimeError("no run can be started before the service has started or while it drains")
        run_id = executing.run.id
        self._runs[run_id] = executing
        self._by_user[executing.run.user_id] += 1
        self._tasks[run_id] = self.tasks.create_task(work, name=f"run {run_id}")
        self._emptied.clear()

    def remove(self, run_id: UUID) -> None:
        """Let go of a run. Idempotent."""
        executing = self._runs.pop(run_id, None)
        if executing is None:
            return
        del self._tasks[run_id]
        self._by_user -= Counter({executing.run.user_id: 1})  # forgets whoever has none left
        if not self._runs:
            self._emptied.set()

    def get(self, run_id: UUID) -> ExecutingRun | None:
        """Return the run if this instance carries it out."""
        return self._runs.get(run_id)

    def ids(self) -> list[UUID]:
        """Return what this instance carries out."""
        return list(self._runs)

    def of_user(self, user_id: UUID) -> int:
        """Return how many of a user's runs this instance carries out."""
        return self._by_user[user_id]

    def users_with(self, at_least: int) -> list[UUID]:
        """Return the users of whom this instance carries out so many runs."""
        return [user_id for user_id, count in self._by_user.items() if count >= at_least]

    def halt_of(self, user_id: UUID, reason: Halt) -> None:
        """End the streams of one user's runs."""
        for executing in self._runs.values():
            if executing.run.user_id == user_id:
                executing.halt(reason)

    def halt_all(self, reason: Halt) -> None:
        """End every run's stream."""
        for executing in self._runs.values():
            executing.halt(reason)

    def cancel_all(self) -> None:
        """Give every run up at once; its text so far is in the log, and the sweep of another instance ends it."""
        for task in tuple(self._tasks.values()):
            task.cancel()

    async def emptied(self) -> None:
        """Wait until no run is left."""
        await self._emptied.wait()

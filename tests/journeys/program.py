"""One real process of the product: started, listened to, and ended by its own number."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

PATIENCE_S = 60.0  # the machine may be busy with other things
DRAIN_LIMIT_S = 10.0
TAIL_LINES = 40


class ProgramDied(AssertionError):
    """A process ended although nobody asked it to; the message holds the end of its log."""


@dataclass
class Program:
    """`emergence WORDS…` with its own environment; whatever it prints goes to `log`."""

    name: str
    words: Sequence[str]
    environ: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it; it may not answer yet. What an earlier run printed stays in the log."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "emergence", *self.words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(self.environ),
                start_new_session=True,
            )

    @property
    def running(self) -> subprocess.Popen[bytes]:
        assert self.process is not None, f"{self.name} was never started"
        return self.process

    def said(self) -> str:
        """Return everything that was printed so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def check_alive(self) -> None:
        """Raise ProgramDied unless it runs."""
        if (status := self.running.poll()) is not None:
            tail = "\n".join(self.said().splitlines()[-TAIL_LINES:])
            raise ProgramDied(f"{self.name} ended with status {status}:\n{tail}")

    async def until(self, is_so: Callable[[], Awaitable[bool]], what: str) -> None:
        """Wait until something is so; a death of the process ends the wait."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not await is_so():
                    self.check_alive()
                    await asyncio.sleep(0.05)
        except TimeoutError:
            tail = "\n".join(self.said().splitlines()[-TAIL_LINES:])
            raise AssertionError(f"{self.name}: {what} did not come:\n{tail}") from None

    def kill(self) -> None:
        """End it as a crash of the machine would: at once, and without its children."""
        self.running.kill()
        self.running.wait()

    def kill_tree(self) -> None:
        """End it and everything that it started, at once."""
        kill_together([self])

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self.running.poll() is None:
            self.running.send_signal(signal.SIGTERM)

    async def ended(self, within_s: float = PATIENCE_S) -> int:
        """Return the exit status once it has ended."""
        try:
            async with asyncio.timeout(within_s):
                while (status := self.running.poll()) is None:  # noqa: ASYNC110 - a process sets no event
                    await asyncio.sleep(0.02)
        except TimeoutError:
            tail = "\n".join(self.said().splitlines()[-TAIL_LINES:])
            raise AssertionError(f"{self.name} still runs after {within_s:g} s:\n{tail}") from None
        return status


def kill_together(programs: Sequence[Program]) -> None:
    """End programs and everything that they started as a power cut would: none sees another one die first."""
    doomed: list[psutil.Process] = []
    for program in programs:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(program.running.pid)
            doomed += [process, *process.children(recursive=True)]
    for signal_number in (signal.SIGSTOP, signal.SIGKILL):
        for process in doomed:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal_number)
    for program in programs:
        program.running.wait()


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


async def run_command(
    words: Sequence[str],
    environ: Mapping[str, str],
    *,
    stdin: str | None = None,
    user: int | None = None,
    within_s: float = 2 * PATIENCE_S,
) -> Done:
    """Run `emergence WORDS…` to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "emergence",
        *words,
        stdin=asyncio.subprocess.PIPE if stdin is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(environ),
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
    try:
        async with asyncio.timeout(within_s):
            out, err = await process.communicate(None if stdin is None else stdin.encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        raise AssertionError(f"emergence {' '.join(words)} did not end within {within_s:g} s") from None
    if process.stdin is not None:
        # Before Python 3.11.4 a command that left its input unread is otherwise reported in some later test.
        with suppress(BrokenPipeError, ConnectionResetError):
            await process.stdin.wait_closed()
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), err.decode())


def plain_environ(**more: str) -> dict[str, str]:
    """Return an environment without anybody's keys or settings."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH")
        if name in os.environ
    }
    return {**kept, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", **more}

"""Starts the built-in model's process at its first use, finds it again, and ends it."""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from emergence.chat.local_model import availability
from emergence.chat.local_model.demonstration import DEMONSTRATION_LIMITS
from emergence.chat.models.errors import ModelUnavailable

log = structlog.get_logger(__name__)

PROGRAM = Path(__file__).with_name("serve.py")
MODEL = "SmolLM2-135M-Instruct"
START_DEADLINE_S = 60.0  # a cold disk reads 200 MB
STOP_DEADLINE_S = 5.0
CONNECT_DEADLINE_S = 2.0


class LocalModelDown(ModelUnavailable):
    """The built-in model cannot be started; the sentence says why."""

    def __init__(self, reason: str) -> None:
        self._reason = reason
        super().__init__("builtin")

    @property
    def sentence(self) -> str:
        return self._reason


@dataclass(frozen=True, slots=True)
class LocalEndpoint:
    """Where the model's process answers as a chat-completions server."""

    base_url: str
    api_key: str = field(repr=False)
    model: str = MODEL


class LocalModel:
    """The demonstration model, in one process of its own (about 200 MB, 125 tokens/s on one core).

    Owned by the application that calls `close`. Belongs to the event loop of its first use.
    """

    def __init__(self) -> None:
        self._starting = asyncio.Lock()
        self._process: Process | None = None
        self._endpoint: LocalEndpoint | None = None

    @staticmethod
    def unavailable_reason() -> str | None:
        """Return why it cannot run here, in one sentence with what to do, or None. Cheap after the first call."""
        return availability.unavailable_reason()

    async def endpoint(self) -> LocalEndpoint:
        """Return the address of a process that answers; start one when there is none or it died.

        Callers that come together wait for one start. Raises LocalModelDown when it cannot run
        here, or does not answer within START_DEADLINE_S.
        """
        async with self._starting:
            if self._process is not None and self._endpoint is not None and not await _listens(self._endpoint):
                await _end(self._process)
                log.warning("local_model_died", exit_code=self._process.returncode)
                self._process = self._endpoint = None
            if self._endpoint is None:
                self._endpoint = await self._start()
            return self._endpoint

    async def close(self) -> None:
        """End the process and wait for its end. Idempotent; a later call to `endpoint` starts it again."""
        async with self._starting:
            process, self._process, self._endpoint = self._process, None, None
            if process is not None:
                await _end(process)

    async def _start(self) -> LocalEndpoint:
        weights = availability.weights()
        reason = self.unavailable_reason()
        if reason is not None or weights is None:
            raise LocalModelDown(reason or "The built-in model's weights are gone. Install its package again.")
        key = secrets.token_urlsafe(32)
        shim = await asyncio.to_thread(_openmp_folder)
        process = await _spawn(shim)
        async with contextlib.AsyncExitStack() as undoing:
            undoing.push_async_callback(_end, process)
            try:
                async with asyncio.timeout(START_DEADLINE_S):
                    said = await _ask(process, _order(weights, key, shim))
            except TimeoutError:
                raise LocalModelDown(
                    f"The built-in model was not ready within {START_DEADLINE_S:.0f} s. Try again."
                ) from None
            finally:
                if shim is not None:
                    shutil.rmtree(shim, ignore_errors=True)
            undoing.pop_all()
        self._process = process
        log.info("local_model_ready", pid=process.pid)
        return LocalEndpoint(f"{said}/v1", key)


async def _listens(endpoint: LocalEndpoint) -> bool:
    """Ask the port rather than the exit code, which the event loop learns some time after the death."""
    port = urlsplit(endpoint.base_url).port
    try:
        async with asyncio.timeout(CONNECT_DEADLINE_S):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:  # a deadline that passed is one too
        return False
    writer.close()
    return True


async def _spawn(shim: Path | None) -> Process:
    # Not our environment: it holds keys. A session of its own: Ctrl-C is for us, we end it properly.
    environment = {"PATH": os.defpath, "OMP_WAIT_POLICY": "PASSIVE", "PYTHONPATH": str(availability.runtime_folder())}
    if shim is not None:
        environment["LD_LIBRARY_PATH"] = str(shim)
    return await asyncio.create_subprocess_exec(
        sys.executable, "-P", str(PROGRAM), stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
        env=environment, cwd="/", start_new_session=True,
    )  # fmt: skip


async def _ask(process: Process, order: bytes) -> str:
    """Hand over the order and return the address that the process serves at. Raises LocalModelDown."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(ConnectionError):  # it died at once; its missing answer tells
        process.stdin.write(order)
        await process.stdin.drain()
    line = await process.stdout.readline()
    if not line:
        code = await process.wait()
        await _end(process)
        raise LocalModelDown(f"The built-in model stopped while starting (exit code {code}). Configure a key instead.")
    said: dict[str, str] = json.loads(line)
    if "error" in said:
        raise LocalModelDown(f"The built-in model could not be loaded: {said['error']}.")
    return said["address"]


def _order(weights: Path, key: str, shim: Path | None) -> bytes:
    order = {
        "weights": str(weights),
        "api_key": key,
        "model": MODEL,
        "context_tokens": DEMONSTRATION_LIMITS.context_tokens,
        "temperature": DEMONSTRATION_LIMITS.temperature,
        "repeat_penalty": DEMONSTRATION_LIMITS.repeat_penalty,
        "openmp_folder": str(shim) if shim else None,
    }
    return json.dumps(order).encode() + b"\n"


async def _end(process: Process) -> None:
    """Close the input, which ends the process; kill it when it does not listen."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(STOP_DEADLINE_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _openmp_folder() -> Path | None:
    """Return a folder in which a wheel's OpenMP library has its usual name, or None when the system has one."""
    bundled = None if availability.has_system_openmp() else availability.bundled_openmp()
    if bundled is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="emergence-openmp-"))
    (folder / availability.OPENMP).symlink_to(bundled)
    return folder

"""One run of the PostgreSQL server: start it, wait until it answers, stop it."""

import asyncio
import re
import signal
import socket
import subprocess
import time
from typing import Self

import structlog

from emergence.kernel.storage.embedded.cluster import Cluster
from emergence.kernel.storage.embedded.errors import EngineFailed
from emergence.kernel.storage.embedded.guard import Guard
from emergence.kernel.storage.embedded.leftover import STOPS, pid_lines

log = structlog.get_logger(__name__)

START_DEADLINE_S = 300.0  # replaying the log after a crash takes its time; a dead server ends the wait at once
POLL_S = 0.02
PROGRESS_EVERY_S = 5.0
LARGEST_LOG_BYTES = 1_000_000

SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "48MB",  # a small machine: the system's own cache does the rest
    "synchronous_commit": "on",  # what was acknowledged survives a crash of the machine
    "max_wal_size": "256MB",
    "max_wal_senders": "2",
    "io_method": "sync",  # no I/O worker processes
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",
    # Lifecycle lines and fatal errors, but no statement and no detail: those hold what people wrote.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class Server:
    """A started server process and its guard. Made with `start`, ended with `stop`."""

    def __init__(self, cluster: Cluster, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port = port
        self.started_at = time.monotonic()
        self._cluster = cluster
        self._process = process
        self._log_offset = 0
        self._guard: Guard | None = None

    @classmethod
    def start(cls, cluster: Cluster, port: int) -> Self:
        """Start the process; it does not answer yet. Raises EngineFailed when the system refuses."""
        command = [cluster.binaries.program("postgres"), "-D", str(cluster.data)]
        command += ["-h", "127.0.0.1", "-p", str(port), "-k", str(cluster.sockets or "")]
        for name, value in SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        if cluster.log.exists() and cluster.log.stat().st_size > LARGEST_LOG_BYTES:
            cluster.log.unlink()
        try:
            with cluster.log.open("ab") as output:
                offset = output.tell()
                process = cluster.account.popen(command, stdin=subprocess.DEVNULL, output=output.fileno())
            server = cls(cluster, port, process)
            server._log_offset = offset
            server._guard = Guard(cluster.account, server.pid)
        except OSError as error:
            raise EngineFailed(f"PostgreSQL could not be started: {error.strerror}.") from error
        return server

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_exited(self) -> bool:
        return self._process.poll() is not None

    async def until_ready(self) -> None:
        """Wait until the server accepts connections, telling how a recovery goes.

        Reads the status in `postmaster.pid`, as `pg_ctl --wait` does: unlike a connection it
        cannot mistake another server on that port for ours. Raises EngineFailed when it ends first.
        """
        said_at = self.started_at
        while not self._is_ready():
            now = time.monotonic()
            if self.has_exited:
                raise EngineFailed(f"PostgreSQL stopped while starting: {self.last_words()}")
            if now - self.started_at > START_DEADLINE_S:
                raise EngineFailed(f"PostgreSQL was not ready within {START_DEADLINE_S:.0f} s: {self.last_words()}")
            if now - said_at > PROGRESS_EVERY_S:
                said_at = now
                log.info("embedded_postgres_recovers", seconds=round(now - self.started_at), said=self.last_words())
            await asyncio.sleep(POLL_S)

    async def until_exited(self) -> int:
        """Return the exit code once the process has ended (checked four times a second)."""
        while (code := self._process.poll()) is None:  # noqa: ASYNC110 - another process sets no event
            await asyncio.sleep(0.25)
        return code

    async def stop(self) -> None:
        """Stop: open transactions roll back, what was committed is on disk. Idempotent."""
        for how, patience_s in (*STOPS, (signal.SIGKILL, 5.0)):
            if self.has_exited:
                break
            self._process.send_signal(how)
            until = time.monotonic() + patience_s
            while not self.has_exited and time.monotonic() < until:  # noqa: ASYNC110 - as above
                await asyncio.sleep(POLL_S)
        self.forget()

    def forget(self) -> None:
        """Release the guard of a server that has ended. Idempotent."""
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None

    def last_words(self) -> str:
        """Return the last telling line that this run logged, without its time and process."""
        with self._cluster.log.open("rb") as file:
            file.seek(self._log_offset)
            lines = file.read(LARGEST_LOG_BYTES).decode(errors="replace").strip().splitlines() or ["it said nothing"]
        fatal = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
        return re.sub(r"^.*?\] ", "", (fatal or lines)[-1])

    def _is_ready(self) -> bool:
        lines = pid_lines(self._cluster.data)
        return len(lines) >= 8 and lines[0].strip() == str(self.pid) and lines[7].strip() == "ready"


def free_port() -> int:
    """Return a loopback port that nobody listens on now; it may be taken before it is used."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

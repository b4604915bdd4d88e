"""A real NATS server with JetStream, in a folder of its own, that a test can kill and start again."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

BINARY = Path(sys.executable).with_name("nats-server")
READY_WITHIN_S = 20.0


class NatsServer:
    """Listens on one loopback port; what is in its folder outlives its process."""

    def __init__(self, folder: Path, port: int, *words: str) -> None:
        self.port = port
        self._log = folder / "log"
        self._command = [
            str(BINARY), "-js", "-sd", str(folder / "jetstream"), "-a", "127.0.0.1", "-p", str(port), *words
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until it takes connections."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._greets():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.02)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it, with SIGKILL as a machine does that loses its power."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=20)
            self._process = None

    def pause(self) -> None:
        """Let it keep its connections and say nothing, until it ends or resumes."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                return probe.recv(4) == b"INFO"
        except OSError:
            return False

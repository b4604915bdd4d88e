"""Google's own Pub/Sub emulator, a Java program of the Cloud SDK, that a test can kill and start again."""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from emergence.kernel.events.pubsub_address import GoogleHosts, pubsub_address

READY_WITHIN_S = 60.0
# As little of the machine as a few messages need: one thread that collects garbage, no second compiler.
JAVA_OPTIONS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xmx192m"


def emulator_program() -> Path | None:
    """Return the emulator's program, or None where the Cloud SDK, its emulator or Java is missing."""
    gcloud = shutil.which("gcloud")
    if gcloud is None or shutil.which("java") is None:
        return None
    program = Path(gcloud).resolve().parent.parent / "platform" / "pubsub-emulator" / "bin" / "cloud-pubsub-emulator"
    return program if program.is_file() else None


class PubsubEmulator:
    """Listens on one loopback port; it forgets everything when it ends."""

    def __init__(self, program: Path, folder: Path, port: int) -> None:
        self.hosts = GoogleHosts(emulator=f"127.0.0.1:{port}")
        self._log = folder / "log"
        self._command = [str(program), "--host=127.0.0.1", f"--port={port}", f"--data-dir={folder}"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        environ = {**os.environ, "JAVA_OPTS": JAVA_OPTIONS}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environ
            )
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.05)

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it; there is nothing that it would save."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=20)
            self._process = None

    def make_topic(self, url: str) -> None:
        """Make the topic of events as `emergence migrate` does."""
        self.call("PUT", pubsub_address(url).topic, {"messageRetentionDuration": "1209600s"})

    def call(self, method: str, path: str, body: object) -> dict[str, Any]:
        """Call Google's API as another program would; return what it answers."""
        request = urllib.request.Request(
            f"http://{self.hosts.emulator}/v1/{path}",
            json.dumps(body).encode(),
            {"content-type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.hosts.emulator}/", timeout=1) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

"""One instance of a revision as a process: its environment, its startup probe, and its end."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GRACE_S = 10.0  # between SIGTERM and SIGKILL; Cloud Run's container contract
PROBE_DEFAULTS = {"periodSeconds": 10, "failureThreshold": 3, "timeoutSeconds": 1}
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE")  # an image has its own
TAIL_LINES = 20

SecretValue = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to run: a revision of a service, and the `spec` of its template."""

    service: str
    revision: str
    spec: Mapping[str, Any]


class NeverReady(Exception):
    """The startup probe failed for as long as the manifest allows; the message holds the last lines of the log."""


class Instance:
    """A process of the product that listens on a loopback port of its own."""

    def __init__(self, wanted: Wanted, port: int, log: Path, environ: Mapping[str, str]) -> None:
        self.wanted = wanted
        self.port = port
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "emergence", *_container(wanted)["args"]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environ),
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Ask the startup probe as often as the manifest says. Raises NeverReady, after ending the process."""
        probe = PROBE_DEFAULTS | _container(self.wanted).get("startupProbe", {"tcpSocket": {}})
        for _ in range(int(probe["failureThreshold"])):
            began = time.monotonic()
            while time.monotonic() - began < float(probe["periodSeconds"]):
                if self._process.poll() is not None:
                    raise NeverReady(f"it ended with status {self._process.returncode}: {self.tail()}")
                if self._answers(probe):
                    return
                time.sleep(0.1)  # more often than Cloud Run asks: nobody here wants to wait for a whole period
        self.end()
        raise NeverReady(f"the startup probe did not succeed: {self.tail()}")

    def _answers(self, probe: Mapping[str, Any]) -> bool:
        timeout = float(probe["timeoutSeconds"])
        try:
            if "httpGet" not in probe:
                socket.create_connection(("127.0.0.1", self.port), timeout).close()
                return True
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)) as line:
                line.request("GET", probe["httpGet"].get("path", "/"))
                return 200 <= line.getresponse().status < 400
        except (OSError, http.client.HTTPException):
            return False

    @property
    def is_running(self) -> bool:
        """Return whether the process lives."""
        return self._process.poll() is None

    def tail(self) -> str:
        """Return the end of what it wrote."""
        return " | ".join(self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:])

    def end(self) -> int:
        """Send SIGTERM, after ten seconds SIGKILL to it and what it started; return the exit status."""
        if self.is_running:
            self._process.terminate()
            try:
                self._process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
        return self._process.wait()


def start(wanted: Wanted, folder: Path, secret: SecretValue, more: Mapping[str, str]) -> Instance:
    """Start an instance; it may not answer yet. `more` wins over what the manifest says."""
    port = free_port()
    environ = {name: os.environ[name] for name in KEPT if name in os.environ}
    for each in _container(wanted).get("env", []):
        reference = each.get("valueFrom", {}).get("secretKeyRef")
        environ[each["name"]] = secret(reference["name"], str(reference["key"])) if reference else each["value"]
    environ |= {
        "EMERGENCE_HOST": "127.0.0.1",  # the manifest opens all addresses, as an image must
        "PORT": str(port),
        "K_SERVICE": wanted.service,
        "K_REVISION": wanted.revision,
        "K_CONFIGURATION": wanted.service,
    }
    return Instance(wanted, port, folder / f"{wanted.revision}.log", environ | dict(more))


def _container(wanted: Wanted) -> Mapping[str, Any]:
    found: Mapping[str, Any] = wanted.spec["containers"][0]
    return found


def free_port() -> int:
    """Return a loopback port that nobody listened on a moment ago."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

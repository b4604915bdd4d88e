"""One instance of a revision: its environment, its startup probe, and its end; as a process, or as an image."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blueprint.images.engine import Engine
from blueprint.images.start import create
from blueprint.refusal import Refusal
from blueprint.services import every_service
from localrun.front import Limits

GRACE_S = 10.0  # between SIGTERM and SIGKILL; Cloud Run's container contract
PROBE_DEFAULTS = {"periodSeconds": 10, "failureThreshold": 3, "timeoutSeconds": 1}
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE")  # an image has its own
TAIL_LINES = 20

SecretValue = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Images:
    """What runs images, and which image is whose, by the service's key."""

    engine: Engine
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to run: a revision of a service, and the `spec` of its template."""

    service: str
    revision: str
    spec: Mapping[str, Any]


class NeverReady(Exception):
    """The startup probe failed for as long as the manifest allows; the message holds the last lines of the log."""


class Instance(ABC):
    """Something of the product that listens on a loopback port of its own."""

    def __init__(self, wanted: Wanted, port: int) -> None:
        self.wanted = wanted
        self.port = port

    @property
    @abstractmethod
    def is_running(self) -> bool:
        """Return whether it lives."""

    @abstractmethod
    def said(self) -> str:
        """Return what it wrote."""

    def tail(self) -> str:
        """Return the end of what it wrote, in one line."""
        return " | ".join(self.said().splitlines()[-TAIL_LINES:])

    @abstractmethod
    def end(self) -> int:
        """Ask it to end, after ten seconds make it; return the exit status."""

    def wait_until_ready(self) -> None:
        """Ask the startup probe as often as the manifest says. Raises NeverReady, after ending the process."""
        probe = PROBE_DEFAULTS | _container(self.wanted).get("startupProbe", {"tcpSocket": {}})
        for _ in range(int(probe["failureThreshold"])):
            began = time.monotonic()
            while time.monotonic() - began < float(probe["periodSeconds"]):
                if not self.is_running:
                    raise NeverReady(f"it ended with status {self.end()}: {self.tail()}")
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


class Process(Instance):
    """The product's own program, run by this Python."""

    def __init__(self, wanted: Wanted, port: int, log: Path, environ: Mapping[str, str]) -> None:
        super().__init__(wanted, port)
        self._log = log
        log.touch(mode=0o600)  # the first administrator's set-up code stands in it
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "emergence", *_container(wanted)["args"]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environ),
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def end(self) -> int:
        if self.is_running:
            self._process.terminate()
            try:
                self._process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)  # and what it started
        return self._process.wait()


class Container(Instance):
    """An image, as Cloud Run runs it: read-only, unprivileged, with the memory and processors of the manifest."""

    def __init__(self, wanted: Wanted, port: int, images: Images, environ: Mapping[str, str]) -> None:
        super().__init__(wanted, port)
        self._engine = images.engine
        service = next(each for each in every_service() if each.name == wanted.service)
        self._name = create(images.engine, service, images.names[service.key], environ)
        images.engine.run("start", self._name)
        self._status, self._said = 0, ""

    @property
    def is_running(self) -> bool:
        return self._engine.state(self._name, "Running") == "true"

    def said(self) -> str:
        return self._said or self._engine.logs(self._name)

    def end(self) -> int:
        with suppress(Refusal):  # the second time it is gone
            self._engine.run("stop", "-t", str(int(GRACE_S)), self._name)
            self._status = int(self._engine.state(self._name, "ExitCode"))
            self._said = self._engine.logs(self._name)
            self._engine.run("rm", "-f", self._name)
        return self._status


def start(
    wanted: Wanted, folder: Path, secret: SecretValue, more: Mapping[str, str], images: Images | None = None
) -> Instance:
    """Start an instance, from its image where there are `images`; it may not answer yet.

    `more` wins over what the manifest says. Raises Refusal where the engine refuses.
    """
    port = free_port()
    environ: dict[str, str] = {}
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
    environ |= more
    if images is not None:
        return Container(wanted, port, images, environ)
    here = {name: os.environ[name] for name in KEPT if name in os.environ}
    return Process(wanted, port, folder / f"{wanted.revision}.log", here | environ)


def limits_of(wanted: Wanted) -> Limits:
    """Return what its manifest lets an instance do, else what Google does."""
    return Limits(int(wanted.spec.get("containerConcurrency", 80)), float(wanted.spec.get("timeoutSeconds", 300)))


def _container(wanted: Wanted) -> Mapping[str, Any]:
    found: Mapping[str, Any] = wanted.spec["containers"][0]
    return found


def free_port() -> int:
    """Return a loopback port that nobody listened on a moment ago."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

"""An Envoy of this machine: started with a configuration, waited for, ended."""

import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from blueprint.edge.envoy import find_envoy
from localrun.instance import NeverReady

ENDS_S = 10
READY_S = 20


class Proxy:
    """Writes `NAME.yaml` and `NAME.log` into `folder`."""

    def __init__(self, folder: Path, name: str, configuration: Mapping[str, Any], port: int) -> None:
        """Start it and wait until it listens at `port`. Raises NeverReady."""
        file, self._said = folder / f"{name}.yaml", folder / f"{name}.log"
        file.write_text(yaml.safe_dump(configuration))
        # One worker, and no memory shared with another Envoy of this machine.
        words = [str(find_envoy()), "-c", str(file), "--concurrency", "1", "--disable-hot-restart", "-l", "warning"]
        self._said.touch(mode=0o600)
        with self._said.open("ab") as log:
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + READY_S
        while not listens(port):
            if self._process.poll() is not None or time.monotonic() > until:
                last = (self.said().splitlines() or ["it said nothing"])[-1]
                self.close()
                raise NeverReady(f"Envoy does not answer at 127.0.0.1:{port}: {last}")
            time.sleep(0.05)

    @property
    def is_running(self) -> bool:
        """Return whether it lives."""
        return self._process.poll() is None

    def said(self) -> str:
        """Return what it wrote."""
        return self._said.read_text(errors="replace")

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def listens(port: int) -> bool:
    """Return whether somebody listens at a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True

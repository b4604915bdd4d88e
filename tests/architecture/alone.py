"""One service in its own environment: only the packages of its lock, only its own settings, its own process."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.sources import ROOT

UV = Path(sys.executable).with_name("uv")
READY_WITHIN_S = 40.0  # the slowest part is a first start without compiled modules on a busy machine
ENDS_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Alone:
    """A virtual environment that holds one service."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def command(self, *words: str) -> list[str]:
        """Return the words that run `emergence` from this environment."""
        return [str(self.folder / "bin" / "emergence"), *words]

    def run(self, *words: str, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run `emergence` to its end, which must come by itself."""
        return subprocess.run(
            self.command(*words), env=dict(environ), capture_output=True, text=True, check=False, timeout=60
        )

    @contextmanager
    def running(self, *words: str, environ: Mapping[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
        """Run `emergence` for as long as the block lasts, its output in `log`."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                self.command(*words), env=dict(environ), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
            try:
                yield process
            finally:
                process.kill()
                process.wait()


def build_wheel(folder: Path) -> Path:
    """Build the project as it is released, and return the file."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(folder: Path, lock: Path, wheel: Path) -> Alone:
    """Make an environment of exactly one lock and the project."""
    alone = Alone(folder)
    _uv("venv", "--quiet", "--python", sys.executable, str(folder))
    into = ("pip", "install", "--quiet", "--python", str(alone.python), "--no-deps")
    _uv(*into, "--require-hashes", "-r", str(lock))
    _uv(*into, str(wheel))
    return alone


def lock_without(lock: str, package: str) -> str:
    """Return the text of a lock from which one package was left out."""
    entries = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)
    kept = [entry for entry in entries if not entry.startswith(f"{package}==")]
    assert len(kept) == len(entries) - 1
    return "".join(kept)


def status_of(url: str) -> int:
    """Return the status of a GET, or 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return 0


def becomes_ready(process: "subprocess.Popen[bytes]", url: str) -> bool:
    """Wait until the service is alive and ready; False when it ends before, or takes too long."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        if status_of(f"{url}/api/health") == 200 and status_of(f"{url}/api/ready") == 200:
            return True
        time.sleep(0.05)
    return False


def exit_status_after(process: "subprocess.Popen[bytes]", number: signal.Signals) -> int:
    """Send a signal and return the exit status; raises TimeoutExpired when the process stays too long."""
    process.send_signal(number)
    return process.wait(timeout=ENDS_WITHIN_S)


def _uv(*words: str) -> None:
    done = subprocess.run([str(UV), *words], capture_output=True, text=True, check=False, env={**os.environ})
    assert done.returncode == 0, done.stderr

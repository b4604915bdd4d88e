"""`make local-up`: every service of the manifests on this machine, asked, and ended by `make local-down`."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from localrun.front import single_request
from localrun.instance import NeverReady, free_port
from localrun.product import Product
from operate.refusals import Exit
from tests.architecture.sources import ROOT
from tests.journeys.program import PATIENCE_S

HERE = ROOT / "infra" / "cloud-run"


def make(words: str, environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["make", "-s", *words.split()], cwd=HERE, env=environ, capture_output=True, text=True, check=False, timeout=300
    )


def test_everything_runs_here_and_ends() -> None:
    with tempfile.TemporaryDirectory(prefix="emergence-local-up-") as name:
        Path(name).chmod(0o711)
        port = free_port()
        kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        environ = kept | {"EMERGENCE_DATA_DIR": f"{name}/data", "MEMORY_EMBEDDING_MODEL": "none"}
        with (Path(name) / "up.log").open("w+") as log:
            up = subprocess.Popen(
                ["./local.sh", "up", f"--port={port}"],
                cwd=HERE,
                env=environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                wait_for(f"answers at http://127.0.0.1:{port}", Path(log.name), up)
                asked = make("local-test", environ)
                twice = make(f"local-up ARGS=--port={free_port()}", environ)
                down = make("local-down", environ)
                status = up.wait(60)
            finally:
                if up.poll() is None:
                    os.killpg(up.pid, signal.SIGKILL)
        said = (Path(name) / "up.log").read_text()

    assert asked.returncode == Exit.DONE, asked.stdout
    assert asked.stdout.splitlines()[-1] == "12 passed, 0 failed"
    assert (down.returncode, status) == (Exit.DONE, Exit.DONE), said
    assert twice.stderr.startswith("local.sh: it runs already; `make local-down` stops it\n")
    assert "Set-up code for the first administrator: " in said
    assert make("local-down", environ).stderr == "local.sh: nothing runs\n"


def test_wrong_words_and_nothing_that_runs_are_one_line(tmp_path: Path) -> None:
    def ended(*words: str) -> tuple[int, str]:
        environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "EMERGENCE_DATA_DIR": str(tmp_path)}
        environ |= {"PYTHONPATH": f"{HERE}:{ROOT / 'src'}"}
        done = subprocess.run(
            [sys.executable, "-m", "localrun", *words],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.returncode, done.stderr.splitlines()[-1]

    assert ended("test") == (Exit.NOT_READY, "local.sh: nothing runs here; `make local-up`")
    assert ended("up", "--port=99999") == (2, "local.sh: error: argument --port: 99999 is no port from 1 to 65535")


def wait_for(text: str, log: Path, up: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 3 * PATIENCE_S
    while text not in log.read_text():
        assert up.poll() is None and time.monotonic() < until, log.read_text()
        time.sleep(0.2)


def test_a_request_has_a_connection_of_its_own_and_a_socket_is_left_alone() -> None:
    plain = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nKeep-Alive: 5\r\n\r\n"
    upgrade = b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

    assert single_request(plain) == b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert single_request(upgrade) == upgrade


def test_a_port_that_is_taken_is_said() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="emergence-local-up-") as name,
        socket.create_server(("127.0.0.1", 0)) as taken,
    ):
        product = Product(Path(name), {"DATABASE_URL": "postgresql://nobody@127.0.0.1/none"}, taken.getsockname()[1])
        with pytest.raises(NeverReady, match="something else listens at"):
            product.start_edge({})

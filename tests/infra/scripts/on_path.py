"""Stand-ins for gcloud, docker and git that a shell finds on its PATH; they ask the test's own machine."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.architecture.sources import ROOT
from tests.infra.scripts.google.world import PROJECT
from tests.infra.scripts.machine import StandIns

PATIENCE_S = 300  # the real gcloud takes a second a call, more on a busy machine
PROGRAMS = ("gcloud", "docker", "git", "terraform")
ASK = """#!{python} -IS
import http.client, json, os, sys
given = None if os.isatty(0) else sys.stdin.read()
line = http.client.HTTPConnection("127.0.0.1", {port})
line.request("POST", "/", json.dumps([["{name}", *sys.argv[1:]], given]))
status, out, err = json.loads(line.getresponse().read())
sys.stdout.write(out), sys.stderr.write(err)
sys.exit(status)
"""


class _Front(BaseHTTPRequestHandler):
    machine: StandIns

    def do_POST(self) -> None:
        words, given = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            ended = self.machine.run(words, given or None)
            answer = [ended.status, ended.out, ended.err]
        except Exception as broken:  # noqa: BLE001 - what is wrong with the stand-in must reach whoever reads the test
            answer = [70, "", f"stand-in: {broken!r}\n"]
        sent = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the server uses
        return


@dataclass(frozen=True, slots=True)
class Shell:
    """A copy of `infra/cloud-run` in a folder with a space, and an environment in which it runs."""

    scripts: Path
    environ: Mapping[str, str]

    def run(self, line: str, *, folder: Path | None = None, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a line of shell there; nobody sits at a terminal."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=folder or self.scripts,
            env=dict(self.environ) | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )


@contextmanager
def shell(machine: StandIns, folder: Path, real_gcloud: Mapping[str, str] | None = None) -> Iterator[Shell]:
    """Put the stand-ins first on the PATH, for the block; `real_gcloud` is the environment of the real one."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Front", (_Front,), {"machine": machine}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), name="stand-ins", daemon=True).start()
    programs = folder / "programs"
    programs.mkdir()
    python = str(Path(sys.executable).resolve())
    for name in PROGRAMS if real_gcloud is None else PROGRAMS[1:]:
        (programs / name).write_text(ASK.format(python=python, port=server.server_address[1], name=name))
        (programs / name).chmod(0o755)
    clone = folder / "a clone"
    skipped = shutil.ignore_patterns("__pycache__", ".env.*", "build", ".venv", ".terraform")
    shutil.copytree(ROOT / "infra" / "cloud-run", clone / "infra" / "cloud-run", ignore=skipped)
    (clone / ".venv").symlink_to(Path(sys.prefix))
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "LC_ALL") if name in os.environ}
    environ = kept | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHON": sys.executable,
        "PROJECT_ID": PROJECT,
        "TMPDIR": str(folder),
        "XDG_STATE_HOME": str(folder),
        **(real_gcloud or {}),
    }
    try:
        yield Shell(clone / "infra" / "cloud-run", environ)
    finally:
        server.shutdown()
        server.server_close()

"""`local.sh up|down|test`: the deployment of the manifests on this machine, without Google."""

import argparse
import asyncio
import fcntl
import os
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

from blueprint.databases import SHARED, database_secrets, services_with
from blueprint.images.engine import find_engine, named_images
from blueprint.refusal import Refusal
from emergence.kernel.storage.embedded.data_folder import data_folder
from emergence.kernel.storage.embedded.errors import EngineError
from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres
from localrun.databases import own_databases
from localrun.instance import Images, NeverReady
from localrun.product import Product
from operate.look import summary
from operate.refusals import Exit
from operate.smoke import Asked, smoke

DOWN_WITHIN_S = 60
PORT = 8080
LAST_PORT = 65_535


def main() -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="local.sh", description="Run the services of the manifests on this machine.")
    parser.add_argument("act", choices=("up", "down", "test"))
    parser.add_argument("--port", type=_port, default=None, help=f"of the edge; default {PORT}")
    parser.add_argument("--mesh", action="store_true", help="with a sidecar beside each service: mutual TLS everywhere")
    parser.add_argument(
        "--databases", choices=("one", "each"), default="one", help="one for all services, or each its own"
    )
    parser.add_argument("--images", action="store_true", help="run the images that `make verify-images` built")
    asked = parser.parse_args()
    folder = data_folder(os.environ) / "cloud-run"
    folder.mkdir(exist_ok=True)
    try:
        if asked.act == "up":
            if _running(folder) is not None:
                print("local.sh: it runs already; `make local-down` stops it", file=sys.stderr)
                return Exit.BUSY
            return asyncio.run(_up(folder, asked))
        return _down(folder) if asked.act == "down" else _test(folder, asked.port)
    except (EngineError, NeverReady) as failed:
        print(f"local.sh: {failed}", file=sys.stderr)
        return Exit.NOT_READY
    except Refusal as refused:
        print(f"local.sh: {refused}", file=sys.stderr)
        return refused.status


def _images() -> Images:
    engine = find_engine()
    return Images(engine, named_images(engine, []))


async def _up(folder: Path, asked: argparse.Namespace) -> int:
    images = _images() if asked.images else None
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with EmbeddedPostgres(folder / "postgres") as database:
        databases = {SHARED: database.url}
        if asked.databases == "each":
            databases = await own_databases(database.url, database_secrets(services_with("each", "postgres")))
        port = asked.port or PORT
        product = Product(folder, databases, port, images, has_mesh=asked.mesh)
        with (folder / "pid").open("w") as pid, closing(product):
            fcntl.flock(pid, fcntl.LOCK_EX)  # held while we live: a number that was left over may be anybody's
            (folder / "port").write_text(str(port))
            print(os.getpid(), file=pid, flush=True)
            await asyncio.to_thread(product.start)
            if code := product.setup_code():
                print(f"Set-up code for the first administrator: {code}")
            print(f"Emergence answers at {product.url}; Ctrl-C stops it. Logs: {folder}", flush=True)
            await stopped.wait()
    return Exit.DONE


def _down(folder: Path) -> int:
    until = time.monotonic() + DOWN_WITHIN_S
    is_asked = False
    while time.monotonic() < until:
        number = _running(folder)
        if number is None:
            if not is_asked:
                print("local.sh: nothing runs", file=sys.stderr)
            return Exit.DONE
        if not is_asked:
            os.kill(number, signal.SIGTERM)
            is_asked = True
        time.sleep(0.1)
    return Exit.FAILED


def _running(folder: Path) -> int | None:
    """Return the number of the process that holds the folder, or None."""
    try:
        with (folder / "pid").open("r+") as pid:
            fcntl.flock(pid, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return None
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int((folder / "pid").read_text())


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is no port from 1 to {LAST_PORT}")
    return int(text)


def _test(folder: Path, port: int | None) -> int:
    """Ask what answers at `port`; without one, what runs here."""
    if port is None:
        if _running(folder) is None:
            print("local.sh: nothing runs here; `make local-up`", file=sys.stderr)
            return Exit.NOT_READY
        port = int((folder / "port").read_text())
    return Exit.DONE if summary(smoke(Asked("main", "gateway", f"http://127.0.0.1:{port}"))) else Exit.SMOKE


if __name__ == "__main__":
    sys.exit(main())

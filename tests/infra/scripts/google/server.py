"""The fake as the real gcloud's HTTP proxy: its own configuration and token, no line to Google."""

import json
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.infra.scripts.google import api_around, api_of_standby  # noqa: F401 - they declare their routes
from tests.infra.scripts.google.api import answer
from tests.infra.scripts.google.rules import ApiError
from tests.infra.scripts.google.world import World

# gcloud's name of an API → the name in its host.
APIS = {
    "run": "run",
    "secretmanager": "secretmanager",
    "artifactregistry": "artifactregistry",
    "serviceusage": "serviceusage",
    "cloudresourcemanager": "cloudresourcemanager",
    "cloudbilling": "cloudbilling",
    "sql": "sqladmin",
    "iam": "iam",
    "logging": "logging",
    "compute": "compute",
    "pubsub": "pubsub",
    "monitoring": "monitoring",
}

PATHS = {"compute": "compute/v1/"}  # what stands in gcloud's own address of that API after the host


class _Front(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each body waits 40 ms behind its head
    world: World

    def _serve(self) -> None:
        address = urlsplit(self.path)
        api = (address.hostname or "").removesuffix(".test").rpartition("-")[2]
        said = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            if self.headers.get("authorization") != f"Bearer {self.world.token}":
                raise ApiError("UNAUTHENTICATED", "Request had invalid authentication credentials.")
            body = json.loads(said) if said else {}
            self._send(
                200, answer(self.world, api, self.command, unquote(address.path), dict(parse_qsl(address.query)), body)
            )
        except ApiError as refused:
            error = {"code": refused.code, "message": str(refused), "status": refused.status}
            self._send(refused.code, {"error": error})

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the server looks for these names

    def _send(self, status: int, body: object) -> None:
        sent = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the server uses
        return


@contextmanager
def google(world: World, folder: Path) -> Iterator[Mapping[str, str]]:
    """Serve the world, and yield the variables with which the real gcloud asks it and nobody else."""
    front = type("Front", (_Front,), {"world": world})
    server = ThreadingHTTPServer(("127.0.0.1", 0), front)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), name="google", daemon=True).start()
    token = folder / "token"
    token.write_text(world.token)
    try:
        yield {
            "CLOUDSDK_CONFIG": str(folder / "gcloud"),
            "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(token),
            "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
            "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
            "CLOUDSDK_PROXY_TYPE": "http",
            "CLOUDSDK_PROXY_ADDRESS": "127.0.0.1",
            "CLOUDSDK_PROXY_PORT": str(server.server_address[1]),
            **{
                f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{name.upper()}": f"http://{host}.test/{PATHS.get(name, '')}"
                for name, host in APIS.items()
            },
        }
    finally:
        server.shutdown()
        server.server_close()


def has_gcloud() -> bool:
    """Return whether the real gcloud is on this machine."""
    return shutil.which("gcloud") is not None

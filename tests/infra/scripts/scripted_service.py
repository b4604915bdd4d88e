"""Servers that answer as the product's services do, or wrongly where a test says so; one a revision."""

import base64
import hashlib
import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from operate.web import WEBSOCKET_GUID
from tests.infra.scripts.google.run_service import Json, Started
from tests.infra.scripts.google.world import google_address

TOKEN = "figures-of-nobody"
FIGURES = (
    "sessions_timeout_total 0\nsessions_warning_sent_total 0\nsessions_active_current 0\n"
    "session_inactivity_duration_seconds_count 0\n"
)
REFUSED = {"code": "credentials_rejected", "status": 401}
KEY_OF = {
    "emergence-auth-service": "auth",
    "emergence-session-service": "session",
    "emergence-chat-service": "chat",  # where a test makes it
    "emergence-app": "main",
}
Answers = dict[str, tuple[int, object]]


def right_answers(key: str) -> Answers:
    """Return path → status and body, as a healthy service gives them."""
    return {
        "/api/health": (200, {"status": "ok", "service": "gateway" if key == "main" else key}),
        "/api/ready": (200, {"status": "ready", "dependencies": []}),
        "/metrics": (401, {}),
        "/api/auth/login": (401, REFUSED),
        "/api/auth/me": (401, {}),
        "/api/auth/dev/login": (404, {}),
        "/api/auth/internal/standing": (404, {}),
        "/.well-known/jwks.json": (200, {"keys": [{"kty": "OKP"}]}),
        "/api/threads": (401, {}),
        "/": (200, "<!doctype html><html></html>"),
        "/ws": (101, 4401),
    }


class _Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answers: Answers
    more_headers: Mapping[str, str]

    def _serve(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        status, body = self.answers.get(self.path, (404, {}))
        if status == 101:
            self._upgrade(int(str(body)))
            return
        if self.path == "/metrics" and self.headers.get("authorization") == f"Bearer {TOKEN}":
            status, body = 200, FIGURES
        sent = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in self.more_headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = _serve  # noqa: N815 - the server looks for these names

    def _upgrade(self, code: int) -> None:
        key = self.headers["sec-websocket-key"] + WEBSOCKET_GUID
        self.send_response(101)
        self.send_header("upgrade", "websocket")
        self.send_header("connection", "Upgrade")
        self.send_header("sec-websocket-accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.send_header("sec-websocket-protocol", self.headers.get("sec-websocket-protocol", ""))
        self.end_headers()
        self.wfile.write(b"\x88\x02" + code.to_bytes(2, "big"))
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the server uses
        return


@dataclass
class ScriptedRuns:
    """Starts a scripted server for each revision. `wrong` changes what the next ones answer."""

    wrong: Answers = field(default_factory=dict)
    more_headers: dict[str, str] = field(default_factory=dict)
    problem: str | None = None
    servers: dict[str, ThreadingHTTPServer] = field(default_factory=dict)
    routes: dict[str, dict[str, int]] = field(default_factory=dict)

    def start(self, service: str, revision: str, spec: Json) -> Started:
        if self.problem is not None:
            return Started(self.problem)
        members = {"answers": right_answers(KEY_OF[service]) | self.wrong, "more_headers": dict(self.more_headers)}
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Service", (_Service,), members))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), name=revision, daemon=True).start()
        self.servers[revision] = server
        return Started()

    def url_of(self, revision: str) -> str:
        return f"http://127.0.0.1:{self.servers[revision].server_address[1]}"

    def service_url(self, service: str) -> str:
        serving = self.routes.get(service, {})
        chosen = max(serving, key=lambda name: serving[name]) if serving else ""
        return self.url_of(chosen) if chosen in self.servers else f"https://{service}.invalid"

    def tag_url(self, service: str, tag: str, revision: str) -> str:
        return self.url_of(revision)

    def addresses(self) -> Mapping[str, str]:
        return {google_address(service): self.service_url(service) for service in self.routes}

    def route(self, service: str, percents: Mapping[str, int], kept: set[str]) -> None:
        self.routes[service] = dict(percents)

    def close(self) -> None:
        for server in self.servers.values():
            with suppress(OSError):
                server.shutdown()
                server.server_close()

"""A stand-in for Cloud Monitoring's API that takes only what its own messages take."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from google.cloud.monitoring_dashboard_v1 import Dashboard
from google.cloud.monitoring_v3 import AlertPolicy
from google.protobuf.json_format import ParseDict, ParseError

MESSAGES: dict[str, Any] = {"dashboards": Dashboard, "alertPolicies": AlertPolicy}
TOKEN = "ya29.of-the-test"


@dataclass
class CloudMonitoring:
    """What the stand-in holds, by full name, and what it was asked."""

    url: str
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    refuses_with: int | None = None

    def answer(self, method: str, target: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return status and body of the answer to one request."""
        path = urlsplit(target)
        self.asked.append((method, target))
        if self.refuses_with:
            return self.refuses_with, {"error": {"message": "said\nin two lines"}}
        if method == "GET":
            kind = path.path.rsplit("/", 1)[1]
            return 200, {kind: [each for name, each in self.held.items() if f"/{kind}/" in name]}
        kind = "dashboards" if "dashboards" in path.path else "alertPolicies"
        try:
            ParseDict(body, MESSAGES[kind].pb(MESSAGES[kind]()))
        except ParseError as unknown:
            return 400, {"error": {"message": str(unknown)}}
        return self._written(method, path.path.split("/", 2)[2], kind, (body, path.query))

    def _written(
        self, method: str, name: str, kind: str, given: tuple[dict[str, Any], str]
    ) -> tuple[int, dict[str, Any]]:
        body, query = given
        if method == "POST":
            name = f"{name}/{len(self.held) + 1}"
            self.held[name] = body | {"name": name} | ({"etag": "1"} if kind == "dashboards" else {})
        elif kind == "dashboards":
            if body.get("etag") != self.held[name]["etag"]:
                return 409, {"error": {"message": "somebody was faster"}}
            self.held[name] = body | {"etag": str(int(body["etag"]) + 1)}
        else:
            mask = parse_qs(query)["updateMask"][0].split(",")
            self.held[name] |= {member: body[member] for member in mask}
        return 200, self.held[name]


@contextmanager
def cloud_monitoring() -> Iterator[CloudMonitoring]:
    """Serve the stand-in on a free port of this machine."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            is_known = self.headers["Authorization"] == f"Bearer {TOKEN}"
            status, answer = there.answer(self.command, self.path, body) if is_known else (401, {})
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        do_POST = do_PATCH = do_GET  # noqa: N815 - the names that http.server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    there = CloudMonitoring(f"http://127.0.0.1:{server.server_port}/")
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield there
    server.shutdown()
    server.server_close()

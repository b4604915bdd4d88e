"""Requests to an app in this process, as raw as ASGI is."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        document = json.loads(self.body)
        assert isinstance(document, dict)
        return document


async def ask(
    app: ASGIApp,
    path: str,
    *,
    method: str = "GET",
    body: bytes | Iterable[bytes] = b"",
    headers: Mapping[str, str] | None = None,
) -> Answered:
    """Send one request; a body in pieces does not say how long it is."""
    sent: list[Message] = []
    waiting = _messages(body)
    given = {"host": "test", "content-type": "application/json"} | dict(headers or {})
    if isinstance(body, bytes):
        given.setdefault("content-length", str(len(body)))

    async def receive() -> Message:
        return await anext(waiting)

    async def send(message: Message) -> None:
        sent.append(message)

    await app(
        {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        },
        receive,
        send,
    )
    return _answered(sent)


def _answered(sent: list[Message]) -> Answered:
    starts = [message for message in sent if message["type"] == "http.response.start"]
    assert len(starts) == 1
    headers = {name.decode(): value.decode() for name, value in starts[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return Answered(starts[0]["status"], headers, body)


async def _messages(body: bytes | Iterable[bytes]) -> AsyncIterator[Message]:
    for piece in [body] if isinstance(body, bytes) else body:
        yield {"type": "http.request", "body": piece, "more_body": not isinstance(body, bytes)}
    if not isinstance(body, bytes):
        yield {"type": "http.request", "body": b"", "more_body": False}
    while True:
        yield {"type": "http.disconnect"}

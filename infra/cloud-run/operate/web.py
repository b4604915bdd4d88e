"""HTTP and WebSocket as a caller sees them, with the standard library: no redirects, no proxies, ten seconds."""

import base64
import hashlib
import json
import os
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

PATIENCE_S = 10.0  # a cold start is part of an answer
BODY_MAX_BYTES = 1024 * 1024
WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 §1.3


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body, parsed; None where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects(), urllib.request.ProxyHandler({}))


def ask(url: str, *, method: str = "GET", body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
    """Return the server's answer, whatever its status. Raises OSError where none comes."""
    data = None if body is None else json.dumps(body).encode()
    sent = dict(headers or {}) | ({"Content-Type": "application/json"} if body is not None else {})
    request = urllib.request.Request(url, data=data, method=method, headers=sent)
    try:
        with _OPENER.open(request, timeout=PATIENCE_S) as reply:
            return Answer(reply.status, _lower(reply.headers), reply.read(BODY_MAX_BYTES))
    except urllib.error.HTTPError as refused:
        with closing(refused):
            return Answer(refused.code, _lower(refused.headers), refused.read(BODY_MAX_BYTES))


@dataclass(frozen=True, slots=True)
class Upgraded:
    """How a server answered a WebSocket handshake, and the close code that it then sent."""

    status: int
    protocol: str | None
    is_genuine: bool
    close_code: int | None


def upgrade(url: str, protocol: str, headers: Mapping[str, str] | None = None) -> Upgraded:
    """Do a real handshake (RFC 6455) and read until the server closes. Raises OSError."""
    address = urlsplit(url)
    port = address.port or (443 if address.scheme == "https" else 80)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {address.path or '/'} HTTP/1.1",
        f"Host: {address.netloc}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
        f"Sec-WebSocket-Protocol: {protocol}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    with closing(_connected(address.hostname or "", port, is_secure=address.scheme == "https")) as line:
        line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        reader = line.makefile("rb")
        status = int((reader.readline().split() or [b"", b"0"])[1])
        given = {}
        while (text := reader.readline().decode("latin-1").strip()) != "":
            name, _, value = text.partition(":")
            given[name.lower()] = value.strip()
        expected = base64.b64encode(hashlib.sha1((key + WEBSOCKET_GUID).encode()).digest()).decode()  # noqa: S324
        is_genuine = status == 101 and given.get("sec-websocket-accept") == expected
        code = _close_code(reader.read(4)) if is_genuine else None
        return Upgraded(status, given.get("sec-websocket-protocol"), is_genuine, code)


def base_address(url: str) -> str:
    """Return an address without its last slash; it may have a path. Raises ValueError for what is none.

    A query, a fragment and a name with a password are refused: nothing could be asked below the first two, and
    the last would be shown beside every check.
    """
    address = urlsplit(url)
    try:
        _ = address.port  # raises for one that is no number
        is_port = True
    except ValueError:
        is_port = False
    is_plain = not (address.query or address.fragment or "@" in address.netloc or any(map(str.isspace, url)))
    if address.scheme not in ("http", "https") or not address.hostname or not is_plain or not is_port:
        raise ValueError(f"{url} is no address like https://chat.example.org")
    return f"{address.scheme}://{address.netloc}{address.path.rstrip('/')}"


def is_this_machine(url: str) -> bool:
    """Return whether only this machine can answer at an address."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _connected(host: str, port: int, *, is_secure: bool) -> socket.socket:
    plain = socket.create_connection((host, port), timeout=PATIENCE_S)
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host) if is_secure else plain


def _close_code(frame: bytes) -> int | None:
    """Return the code of a close frame: FIN and opcode 8, then length, then two bytes (RFC 6455 §5.5.1)."""
    is_close = len(frame) == 4 and frame[0] == 0x88 and frame[1] >= 2
    return int.from_bytes(frame[2:4], "big") if is_close else None


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}

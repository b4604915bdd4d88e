"""Refuse requests for a host that is not ours: a page elsewhere must not reach a local server by DNS rebinding."""

import re
from urllib.parse import urlsplit

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


HOST_HEADER = re.compile(r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::[0-9]{1,5})?")  # RFC 9110 §7.2


def host_name(host: str) -> str:
    """Return the name in a Host header, without port and brackets, in lower case; empty when malformed."""
    found = HOST_HEADER.fullmatch(host.lower())
    return (found["address"] or found["name"]) if found else ""


def is_our_host(host: str, *, public_url: str | None, loopback_only: bool) -> bool:
    """Return whether a request for `host` may be answered.

    With a public address only that name and loopback names count; without one any name does,
    unless the server listens on loopback only.
    """
    name = host_name(host)
    if not name:
        return False
    if name in LOOPBACK_NAMES:
        return True
    if public_url is not None:
        return name == urlsplit(public_url).hostname
    return not loopback_only

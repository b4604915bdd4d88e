"""Refuse requests for a host that is not ours: a page elsewhere must not reach a local server by DNS rebinding."""

from urllib.parse import urlsplit

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def host_name(host: str) -> str:
    """Return the name in a Host header, without port and brackets, in lower case; empty when malformed."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


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

"""The names that every machine has for itself."""

from urllib.parse import urlsplit

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def is_http_loopback(address: str) -> bool:
    """Return whether an address is plain http to this machine."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname in LOOPBACK_NAMES

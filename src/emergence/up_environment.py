"""The variables with which `emergence up` runs its services: what is given, and what suits one machine."""

import ipaddress
from collections.abc import Mapping

# `up` makes and keeps them, or starts what they name, unless they are given.
PROVIDED = frozenset(
    {
        "DATABASE_URL",
        "EMERGENCE_SERVICE_SECRET",
        "AUTH_JWT_SECRET",
        "CHAT_KEY_SECRET",
        "MEMORY_KEY_SECRET",
        "AUTH_OWNER_CREDENTIAL_FILE",
    }
)


def with_local_defaults(given: Mapping[str, str], host: str | None = None) -> dict[str, str]:
    """Return `given` with what a first user should not be asked for; an empty text sets nothing.

    `host` is where the server listens, by default what EMERGENCE_HOST says.
    """
    host = host or given.get("EMERGENCE_HOST", "").strip() or "127.0.0.1"
    is_local = is_loopback(host)
    is_published = bool(given.get("EMERGENCE_PUBLIC_URL", "").strip())
    defaults = {
        "EMERGENCE_ENV": "local",
        "LOG_LEVEL": "WARNING",
        "LOG_FORMAT": "text",
        "AUTH_CLAIM": "loopback" if is_local and not is_published else "code",
        "GATEWAY_LOOPBACK_ONLY": "true" if is_local else "false",
    }
    return defaults | {name: value for name, value in given.items() if value.strip()}


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""Where a NATS server is, who connects, and which of its subjects are ours: all in one URL."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

NATS_SCHEMES = ("nats", "tls")
NATS_FORM = "must be a NATS address like nats://user:password@host:4222 or tls://token@host:4222/name-of-deployment"
DEFAULT_PORT = 4222
DEFAULT_PREFIX = "emergence"
_PREFIX = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class NatsAddress:
    """A server, and the prefix of everything that this deployment makes there."""

    server: str
    prefix: str
    is_encrypted: bool
    user: str | None = field(repr=False)
    password: str | None = field(repr=False)
    token: str | None = field(repr=False)


def is_nats(url: str) -> bool:
    """Return whether this is the address of a NATS server, well-formed or not."""
    return urlsplit(url).scheme in NATS_SCHEMES


def nats_address(url: str) -> NatsAddress:
    """Read a URL; a name without a password is a token. Raises ValueError, which never repeats what was given."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or DEFAULT_PORT
    except ValueError:
        raise ValueError(NATS_FORM) from None
    prefix = parts.path.strip("/") or DEFAULT_PREFIX
    if parts.scheme not in NATS_SCHEMES or not host or parts.query or parts.fragment or not _PREFIX.fullmatch(prefix):
        raise ValueError(NATS_FORM)
    name = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password is not None else None
    return NatsAddress(
        server=f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}",
        prefix=prefix,
        is_encrypted=parts.scheme == "tls",
        user=name if password is not None else None,
        password=password,
        token=name if password is None else None,
    )

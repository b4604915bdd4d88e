"""Where a process listens: checked before anything else starts, bound once."""

import errno
import os
import socket
from dataclasses import dataclass, replace

BACKLOG = 1024
ANY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, never bound by default


class PortTaken(Exception):
    """The address cannot be listened on; the message names the port and the setting that changes it."""


@dataclass(frozen=True, slots=True)
class Listening:
    """An address to listen on; port 0 takes a free one, `fd` is an open listening socket that wins over both."""

    host: str
    port: int
    fd: int | None = None

    def url(self) -> str:
        """Return the address that a browser on this machine opens."""
        host = "127.0.0.1" if self.host in ANY_ADDRESS else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def check_port(listening: Listening) -> None:
    """Raise PortTaken when `listening` cannot be bound now; nothing stays bound."""
    bind(listening)[0].close()


def bind(listening: Listening) -> tuple[socket.socket, Listening]:
    """Return a bound socket and the address it got. Raises PortTaken."""
    bound = _bound_socket(listening) if listening.fd is None else socket.socket(fileno=os.dup(listening.fd))
    bound.setblocking(False)
    if bound.family in (socket.AF_INET, socket.AF_INET6):
        return bound, replace(listening, port=bound.getsockname()[1])
    return bound, listening


def _bound_socket(listening: Listening) -> socket.socket:
    family, host = _resolved(listening)
    # Named, because asyncio sends at once only from what says that it is TCP: else each body waits 40 ms for an ACK.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere this option lets two programs share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, listening.port))
        made.listen(BACKLOG)
    except OSError as refused:
        made.close()
        raise PortTaken(_explanation(listening, refused)) from refused
    return made


def _resolved(listening: Listening) -> tuple[socket.AddressFamily, str]:
    try:
        found = socket.getaddrinfo(listening.host or "0.0.0.0", None, type=socket.SOCK_STREAM)  # noqa: S104
    except socket.gaierror as unknown:
        raise PortTaken(f"{listening.host!r} is not an address of this machine; set EMERGENCE_HOST.") from unknown
    # IPv4 first: what `localhost` means to a browser that is told 127.0.0.1.
    family, _, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    return family, str(address[0])


def _explanation(listening: Listening, refused: OSError) -> str:
    where = f"port {listening.port} on {listening.host}"
    if refused.errno == errno.EADDRINUSE:
        return (
            f"{where} is taken by another program. Stop it, or set EMERGENCE_PORT to another port (0 takes a free one)."
        )
    if refused.errno == errno.EACCES:
        return f"{where} needs more rights than this account has. Set EMERGENCE_PORT to a port above 1023."
    if refused.errno == errno.EADDRNOTAVAIL:
        return f"{listening.host} is not an address of this machine; set EMERGENCE_HOST."
    return f"{where} cannot be listened on ({refused.strerror}). Set EMERGENCE_PORT or EMERGENCE_HOST."

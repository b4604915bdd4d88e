"""Where an address points: at this machine, at a neighbour of ours, or into the public network."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_this_machine(base_url: str | None) -> bool:
    """Whether the address is a loopback one."""
    host = urlsplit(base_url or "").hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_local(base_url: str | None) -> bool:
    """Whether the address is on this machine or in a private network, where nobody bills tokens."""
    host = urlsplit(base_url or "").hostname
    if not host:
        return False
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))

"""Which machines a provider may be, so that nobody's word makes this server ask its own network."""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from emergence.auth.loopback import is_http_loopback

Address = IPv4Address | IPv6Address

NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be asked beyond public addresses: this machine, the network around it."""

    loopback: bool
    private: bool

    def permits(self, address: Address) -> bool:
        """Return whether a machine may be asked; an IPv6 address that wraps an IPv4 one is judged by that one."""
        wrapped = _wrapped(address)
        if wrapped is not None:
            return self.permits(wrapped)
        if address.is_loopback:
            return self.loopback
        if address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved:
            return False  # among them the metadata services of clouds
        return address.is_global or self.private

    def permits_url(self, url: str) -> bool:
        """Return whether an address may be asked as far as it is written; names are judged when they are resolved."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            return False
        if not host or parts.username is not None or parts.fragment:
            return False
        if parts.scheme != "https" and not (self.loopback and is_http_loopback(url)):
            return False
        literal = _literal(host)
        return literal is None or self.permits(literal)


class PinnedResolver(AbstractResolver):
    """Resolves a name once and hands out these very addresses, if each of them may be asked."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of `host`. Raises OSError when there is none, or one that may not be asked."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        texts = [str(place[0]).partition("%")[0] for *_, place in found]
        if not texts or not all(self._reach.permits(ip_address(text)) for text in texts):
            raise OSError("the name leads to an address that may not be asked")
        return [
            ResolveResult(hostname=host, host=text, port=port, family=kind, proto=proto, flags=socket.AI_NUMERICHOST)
            for text, (kind, _, proto, _, _) in zip(texts, found, strict=True)
        ]

    async def close(self) -> None:
        """Hold nothing."""


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _wrapped(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour

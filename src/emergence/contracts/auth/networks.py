"""Which network a request comes from, as far as the proxies in front can be believed."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from pydantic import Field

from emergence.kernel.surroundings import CommonSettings

FORWARDED = "x-forwarded-for"
UNKNOWN = "unknown"


class NetworkSettings(CommonSettings):
    """What decides it; every service that counts by network reads the same."""

    auth_trusted_hops: int = Field(
        default=0,
        ge=0,
        le=10,
        description="Proxies in front whose X-Forwarded-For entry is believed, counted from the right: 0 believes the "
        "connection alone, 1 direct Cloud Run, 2 behind Google's load balancer.",
    )


def address_of(forwarded: str, peer: str, trusted_hops: int) -> IPv4Address | IPv6Address | None:
    """Return where a request comes from, or None; `forwarded` is X-Forwarded-For, joined by commas."""
    if trusted_hops == 0:
        return _parsed(peer)
    entries = forwarded.split(",")
    found = _parsed(entries[-trusted_hops].strip()) if len(entries) >= trusted_hops else None
    return found if found is None or found.is_global or found.is_loopback else None


def counted_by(address: IPv4Address | IPv6Address | None) -> str:
    """Return what is counted by: the IPv4 address or the IPv6 /64; one bucket for all unknown."""
    if address is None:
        return UNKNOWN
    return str(ip_network((address, 32 if address.version == 4 else 64), strict=False))


def network_of(forwarded: str, peer: str, trusted_hops: int) -> str:
    """Return what a request is counted by."""
    return counted_by(address_of(forwarded, peer, trusted_hops))


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address

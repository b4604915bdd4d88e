"""Which network a request comes from, as far as the proxies in front can be believed."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from pydantic import Field

from emergence.kernel.errors import CallerRejected
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.surroundings import CommonSettings

FORWARDED = "x-forwarded-for"
# Where the gateway reaches a service through a public front, as on Cloud Run without a load balancer, that front names
# the gateway as the caller, of everybody. The gateway then says whom it saw, and proves that it is the gateway.
CLIENT, PROOF = "x-emergence-client", "x-emergence-relay"
GATEWAY = "gateway"
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
    return _if_of_a_person(found)


def vouching(address: IPv4Address | IPv6Address | None, tokens: ServiceTokens, audience: str) -> Mapping[str, str]:
    """Return the headers by which the gateway tells the service `audience` where a request comes from."""
    return {} if address is None else {CLIENT: str(address), PROOF: f"Bearer {tokens.token_for(audience)}"}


def vouched_for(headers: Mapping[str, str], tokens: ServiceTokens, audience: str) -> IPv4Address | IPv6Address | None:
    """Return the address that this deployment's gateway saw; None where nobody, or anybody else, says one."""
    said = headers.get(CLIENT)
    if said is None:
        return None
    try:
        caller = tokens.caller_of(headers.get(PROOF), audience=audience)
    except CallerRejected:
        return None
    return _if_of_a_person(_parsed(said)) if caller == GATEWAY else None


def counted_by(address: IPv4Address | IPv6Address | None) -> str:
    """Return what is counted by: the IPv4 address or the IPv6 /64; one bucket for all unknown."""
    if address is None:
        return UNKNOWN
    return str(ip_network((address, 32 if address.version == 4 else 64), strict=False))


def _if_of_a_person(found: IPv4Address | IPv6Address | None) -> IPv4Address | IPv6Address | None:
    return found if found is None or found.is_global or found.is_loopback else None


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address

"""Where a request comes from: the network address, and whether one of our own pages sent it."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_network
from urllib.parse import urlsplit

from fastapi import Request

from emergence.auth.loopback import LOOPBACK_NAMES
from emergence.auth.settings import AuthSettings
from emergence.contracts.auth.networks import FORWARDED, address_of, counted_by
from emergence.contracts.auth.own_pages import require_own_page
from emergence.contracts.auth.values import Language
from emergence.kernel.wire.languages import accepted_language

AGENT_MAX_CHARACTERS = 300
# What proxies and tunnels add, each its own: behind one that nobody declared, loopback says nothing about the person.
RELAY_HEADERS = (
    FORWARDED,
    "x-forwarded-host",
    "x-forwarded-proto",
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request, as far as the network can tell. `address` is None when it cannot.

    `device` is what the browser says it is known by; believe it only of an account that knows it.
    """

    address: IPv4Address | IPv6Address | None
    agent: str | None
    is_local: bool  # on this very machine, and asking for a name that only this machine has
    device: str | None = field(default=None, repr=False)
    language: Language | None = None  # the first one that the browser asks for and that exists here

    def network(self) -> str:
        """Return what attempts are counted by: the IPv4 address or the IPv6 /64; one bucket for all unknown."""
        return counted_by(self.address)

    def prefix(self) -> str | None:
        """Return what is kept of the address beside a login session: /24 or /48."""
        if self.address is None:
            return None
        return str(ip_network((self.address, 24 if self.address.version == 4 else 48), strict=False))


def caller_of(request: Request, settings: AuthSettings, vouched: IPv4Address | IPv6Address | None = None) -> Caller:
    """Return the caller of `request`, believing as many proxies as AUTH_TRUSTED_HOPS says.

    Where it says any, the address that our own gateway has `vouched` for comes first.
    """
    forwarded = ",".join(request.headers.getlist(FORWARDED))
    address = address_of(forwarded, request.client.host if request.client else "", settings.auth_trusted_hops)
    address = vouched if vouched is not None and settings.auth_trusted_hops else address
    is_named_locally = (_host_name(asked_host(request, settings)) or "") in LOOPBACK_NAMES
    is_relayed = settings.auth_trusted_hops == 0 and any(name in request.headers for name in RELAY_HEADERS)
    agent = request.headers.get("user-agent", "")[:AGENT_MAX_CHARACTERS].replace("\x00", "")
    return Caller(
        address=address,
        agent=agent or None,
        is_local=address is not None and address.is_loopback and is_named_locally and not is_relayed,
        language=accepted_language(request.headers.get("accept-language", "")),
    )


def require_same_origin(request: Request, settings: AuthSettings, *, or_no_browser: bool) -> None:
    """Refuse what other sites' pages send; see `require_own_page`. Raises CrossSiteRequest."""
    require_own_page(
        request.headers, lambda origin: origin in _own_origins(request, settings), or_no_browser=or_no_browser
    )


def _own_origins(request: Request, settings: AuthSettings) -> set[str]:
    host = asked_host(request, settings)
    public_url = settings.public_url()
    if public_url is not None and settings.emergence_env == "production":
        return {public_url}
    return {f"http://{host}", f"https://{host}"} | ({public_url} if public_url else set())


def asked_host(request: Request, settings: AuthSettings) -> str:
    """Return the host and port that the browser asked for, as it wrote them but in lower case."""
    forwarded = request.headers.get("x-forwarded-host") if settings.auth_trusted_hops else None
    return (forwarded or request.headers.get("host") or "").lower()


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None

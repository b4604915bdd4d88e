"""What this server's passkeys are bound to: a domain, and the exact addresses of pages that may ask for them."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from emergence.auth.loopback import LOOPBACK_NAMES
from emergence.auth.settings import AuthSettings, is_within

LOCALHOST = "localhost"  # the one name that browsers trust without https; 127.0.0.1 is no domain (WebAuthn §5.1.3)
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The domain (`rpId`), and the origins of our pages; the first is the page that asks, or where to send it."""

    id: str
    origins: tuple[str, ...]


def relying_party(settings: AuthSettings, asked_host: str) -> RelyingParty | None:
    """Return what passkeys are bound to where browsers ask for `asked_host`; None where they allow none.

    A local server answers to localhost and to 127.0.0.1; only pages at localhost can have passkeys.
    """
    public_url = settings.public_url()
    host = _host(public_url or f"//{asked_host}")
    if host in LOOPBACK_NAMES:
        return RelyingParty(LOCALHOST, (_origin("http", LOCALHOST, public_url or f"//{asked_host}"),))
    if public_url is None or urlsplit(public_url).scheme != "https" or _is_ip_address(host):
        return None
    domain = settings.auth_rp_id or host
    pages = [address for _, address in settings.public_addresses() if is_within(_host(address), domain)]
    origins = dict.fromkeys(_origin("https", _host(page), page) for page in pages)
    return RelyingParty(domain, tuple(sorted(origins, key=lambda origin: urlsplit(origin).netloc != asked_host)))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _origin(scheme: str, host: str, address: str) -> str:
    """Return an origin as browsers write it: without the scheme's own port (RFC 6454 §6.2)."""
    port = _port(address)
    return f"{scheme}://{host}" if port in (None, DEFAULT_PORTS[scheme]) else f"{scheme}://{host}:{port}"


def _port(address: str) -> int | None:
    try:
        return urlsplit(address).port
    except ValueError:
        return None


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True

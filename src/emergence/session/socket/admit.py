"""Who may open a socket: protocol, origin and ticket are looked at before anything else is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers

from emergence.contracts.session.protocol import SUBPROTOCOL, TICKET_PREFIX, CloseCode

# A token in an address ends up in logs and histories: such a client must be mended, not served.
FORBIDDEN_PARAMETERS = frozenset({"token", "access_token", "refresh_token", "ticket", "jwt", "authorization", "auth"})


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a client brought: a ticket to be used up, and where its page came from."""

    ticket: str
    origin: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the socket is closed right after it was accepted; `speaks` is whether it offered our protocol."""

    code: CloseCode
    speaks: bool


def has_token_in_query(query: bytes) -> bool:
    """Return whether an address carries what looks like a credential."""
    return any(name.lower() in FORBIDDEN_PARAMETERS for name, _ in parse_qsl(query.decode("latin-1"), True))


def read_handshake(subprotocols: list[str], headers: Mapping[str, str], public_url: str | None) -> Handshake | Refusal:
    """Return the ticket and origin that a client brought, or why it is refused."""
    if SUBPROTOCOL not in subprotocols:
        return Refusal(CloseCode.PROTOCOL_NOT_SUPPORTED, speaks=False)
    origin = headers.get("origin")
    if origin is not None and not is_own_origin(origin, headers.get("host", ""), public_url):
        return Refusal(CloseCode.FORBIDDEN, speaks=True)
    tickets = [offer.removeprefix(TICKET_PREFIX) for offer in subprotocols if offer.startswith(TICKET_PREFIX)]
    if len(tickets) != 1 or not tickets[0] or len(tickets[0]) > 200:
        return Refusal(CloseCode.SIGN_IN_NEEDED, speaks=True)
    return Handshake(tickets[0], origin)


def is_own_origin(origin: str, host: str, public_url: str | None) -> bool:
    """Return whether a page is ours: from the public address, or without one from the host that was asked."""
    if public_url is not None:
        return origin.lower() == public_url.lower()
    address = urlsplit(origin)
    return address.scheme in ("http", "https") and bool(host) and address.netloc.lower() == host.lower()


def header_map(headers: Headers) -> Mapping[str, str]:
    """Return the headers of a handshake; of a doubled Origin nothing is believed."""
    known = dict(headers)
    if len(headers.getlist("origin")) > 1:
        known["origin"] = "null"
    return known

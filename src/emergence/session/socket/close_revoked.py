"""Close the sockets of whoever may not stay, the moment it is learned."""

from collections.abc import Callable, Iterable
from uuid import UUID

from emergence.contracts.session.protocol import CloseCode
from emergence.kernel.revocations import Revocation
from emergence.session.socket.open_sockets import OpenSocket, OpenSockets

CODES = {"role_changed": CloseCode.FORBIDDEN, "inactivity": CloseCode.INACTIVITY}


def closing_revoked(sockets: OpenSockets) -> Callable[[Revocation], None]:
    """Return what closes the sockets that a revocation concerns, with the code of its reason; else with 4401."""

    def close(revocation: Revocation) -> None:
        code = CODES.get(revocation.reason, CloseCode.SIGN_IN_NEEDED)
        for socket in _concerned(sockets, revocation):
            socket.expel(code)

    return close


def _concerned(sockets: OpenSockets, revocation: Revocation) -> Iterable[OpenSocket]:
    match revocation.kind:
        case "sid":
            return sockets.of_login_session(UUID(revocation.ref))
        case "user":
            return (each for each in sockets.of_user(UUID(revocation.ref)) if each.admitted_at < revocation.at)
        case "all" | "key":  # with a stolen key anybody may have asked for a ticket
            return (each for each in sockets if each.admitted_at < revocation.at)

"""Calls auth, wherever it runs."""

from emergence.contracts.auth.signing_in import ConsumeTicket, JsonWebKeySet, TicketHolder
from emergence.contracts.auth.values import ACCESS_TOKEN_AUDIENCE, ISSUER
from emergence.kernel.clock import Clock
from emergence.kernel.identity import AccessTokenVerifier, KnowsRevoked
from emergence.kernel.wire.client import PeerCall, PeerClient
from emergence.kernel.wire.peers import Peers


class AuthClient(PeerClient):
    """Calls auth, wherever it runs."""

    service = "auth"

    async def keys(self) -> JsonWebKeySet:
        """Return the published verification keys. Idempotent."""
        return await self.call(PeerCall("GET", "/.well-known/jwks.json", idempotent=True), JsonWebKeySet)

    async def consume_ticket(self, ticket: str, origin: str | None) -> TicketHolder:
        """Use up a ticket. Raises TicketRejected; never retried, because a ticket works once."""
        body = ConsumeTicket(ticket=ticket, origin=origin)
        return await self.call(PeerCall("POST", "/api/auth/internal/ws-tickets/consume", body), TicketHolder)


def access_token_verifier(peers: Peers, clock: Clock, revoked: KnowsRevoked | None = None) -> AccessTokenVerifier:
    """Return the verifier of users' access tokens for any service but auth, with the keys that auth publishes.

    `revoked` learns of ended login sessions from LoginSessionRevoked; without it tokens outlive them by minutes.
    """
    keys = AuthClient(peers).keys
    return AccessTokenVerifier(keys, issuer=ISSUER, audience=ACCESS_TOKEN_AUDIENCE, clock=clock, revoked=revoked)

"""Calls auth, wherever it runs."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from uuid import UUID

from emergence.contracts.auth.revocations import FEED_LINE, AskStanding, FeedLine, Standing
from emergence.contracts.auth.signing_in import ConsumeTicket, JsonWebKeySet, TicketHolder
from emergence.contracts.auth.values import ACCESS_TOKEN_AUDIENCE, ISSUER
from emergence.kernel.clock import Clock
from emergence.kernel.identity import AccessTokenVerifier, Identity, Watching
from emergence.kernel.issued_service_tokens import IssuedServiceTokens
from emergence.kernel.revocations import Revocations
from emergence.kernel.signed_token import VerificationKey
from emergence.kernel.wire.client import PeerCall, PeerClient
from emergence.kernel.wire.peers import Peers

FEED_DEADLINE = timedelta(seconds=3)
STANDING_DEADLINE = timedelta(seconds=3)


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

    def revocations(self, after: int) -> AsyncGenerator[FeedLine, None]:
        """Stream what was ended, from the one after `after`, and go on; it never ends by itself. Raises Unavailable.

        A reader that asks for more than is kept gets everything that still matters.
        """
        path = f"/api/auth/internal/revocations/stream?after={after}"
        return self.stream(PeerCall("GET", path, deadline=FEED_DEADLINE), FEED_LINE)

    async def is_standing(self, session_id: UUID, user_id: UUID, key_id: str | None = None) -> bool:
        """Return whether a login session may still be used, by auth's database. Idempotent. Raises Unavailable."""
        body = AskStanding(session_id=session_id, user_id=user_id, key_id=key_id)
        call = PeerCall("POST", "/api/auth/internal/introspect", body, idempotent=True, deadline=STANDING_DEADLINE)
        return (await self.call(call, Standing)).active


def access_token_verifier(
    peers: Peers, clock: Clock, revocations: Revocations | None = None, shared_key: VerificationKey | None = None
) -> AccessTokenVerifier:
    """Return the verifier of users' access tokens for any service but auth, with the keys that auth publishes.

    `revocations` is what a RevocationReader fills; without it tokens outlive their sessions by minutes.
    """
    auth = AuthClient(peers)

    async def confirm(identity: Identity) -> bool:
        return await auth.is_standing(identity.session_id, identity.user_id, identity.key_id)

    return AccessTokenVerifier(
        auth.keys,
        issuer=ISSUER,
        audience=ACCESS_TOKEN_AUDIENCE,
        clock=clock,
        watching=Watching(revocations, confirm) if revocations is not None else None,
        shared_key=shared_key,
    )


def issued_service_tokens(peers: Peers, clock: Clock, revocations: Revocations | None = None) -> IssuedServiceTokens:
    """Return the verifier of tokens that auth gives to services on other machines, for any service but auth."""
    return IssuedServiceTokens(AuthClient(peers).keys, issuer=ISSUER, clock=clock, revocations=revocations)

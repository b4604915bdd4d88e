"""Give a service on another machine a token for one of ours (RFC 6749 §4.4)."""

from emergence.auth.access_tokens import service_token
from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.clients.authenticate_client import Authenticated, authenticate_client
from emergence.auth.clients.token_request import TokenRequest
from emergence.auth.limit_attempts import (
    admit_client,
    admit_token_refusal,
    admit_token_request,
    may_write_refusal,
)
from emergence.auth.parts import Auth
from emergence.auth.settings import ACCESS_TOKEN_LIFETIME
from emergence.auth.store import service_clients as store
from emergence.auth.store.service_clients import ServiceClient
from emergence.contracts.auth.service_clients import ClientRejected, ServiceTokenGrant, TokenRequestRefused
from emergence.kernel.metrics import counter

LIFETIME_S = int(ACCESS_TOKEN_LIFETIME.total_seconds())

_refused_total = counter("auth_service_tokens_refused_total", "Tokens that were refused to services.")


async def issue_service_token(
    auth: Auth, request: TokenRequest, token_endpoint: str, caller: Caller
) -> ServiceTokenGrant:
    """Return a token of five minutes for one service; it opens every route of that service that is for services.

    A token that is given out leaves an audit row. A refusal leaves one at most once a minute, for a network or for a
    client that proved itself, so that nobody fills the log; what was no readable request never came here.

    Raises ClientRejected, TokenRequestRefused, TooManyAttempts.
    """
    await admit_token_request(auth, caller)
    try:
        shown = await authenticate_client(auth, request.proof, token_endpoint)
    except ClientRejected as rejected:
        await _write_refusal(auth, rejected.why, None, caller)
        await admit_token_refusal(auth, caller)
        raise
    await admit_client(auth, shown.client.name)
    try:
        audience = _audience(shown.client, request.audience)
        key = await auth.keys.published_active()
        await _use_up(auth, shown, audience, caller)
    except (ClientRejected, TokenRequestRefused) as refused:
        reason = refused.why if isinstance(refused, ClientRejected) else refused.error
        await _write_refusal(auth, reason, shown.client.name, caller)
        raise
    token = service_token(key, shown.client.name, audience, auth.clock.now())
    return ServiceTokenGrant(access_token=token, expires_in=LIFETIME_S)


async def _use_up(auth: Auth, shown: Authenticated, audience: str, caller: Caller) -> None:
    """Let the credentials count once more, if they still do. Raises ClientRejected; nothing stays then."""
    async with auth.database.transaction() as tx:
        if shown.assertion is not None and not await store.spend_assertion(
            tx, shown.assertion.hash, shown.assertion.ends_at
        ):
            raise ClientRejected(why="used_before")
        if not await store.use(tx, shown.client, auth.clock.now()):
            raise ClientRejected(why="replaced_or_removed")
        data = {"client": shown.client.name, "audience": audience, "method": shown.method}
        await record(auth, tx, AuditEvent("token.issued", data=data), caller)


async def _write_refusal(auth: Auth, reason: str, client: str | None, caller: Caller) -> None:
    _refused_total.inc()
    if not await may_write_refusal(auth, caller, client):
        return
    data = {"reason": reason} | ({"client": client} if client is not None else {})
    async with auth.database.transaction() as tx:
        await record(auth, tx, AuditEvent("token.refused", outcome="failure", data=data), caller)


def _audience(client: ServiceClient, asked: str | None) -> str:
    if asked is None and len(client.audiences) == 1:
        return client.audiences[0]
    if asked is None:
        raise TokenRequestRefused("audience is required: the service that is to accept the token.")
    if asked not in client.audiences:
        raise TokenRequestRefused("This client gets no token for that audience.", error="invalid_target")
    return asked

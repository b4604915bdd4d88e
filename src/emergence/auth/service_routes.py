"""Routes for services and other verifiers: published keys, the feed of revocations, tickets, introspection."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from emergence.auth.ask_standing import ask_standing
from emergence.auth.clients.issue_service_token import issue_service_token
from emergence.auth.clients.token_request import FORM_TYPE, token_request
from emergence.auth.consume_ticket import consume_ticket
from emergence.auth.introspect_token import introspect_token, revoke_token, token_in_form
from emergence.auth.parts import Auth
from emergence.auth.request_parts import NEVER_STORED, CallerOfRequest, Parts
from emergence.contracts.auth.revocations import AskStanding, Standing
from emergence.contracts.auth.service_clients import CLIENT_CREDENTIALS, TOKEN_PATH, ServiceTokenGrant
from emergence.contracts.auth.signing_in import (
    ConsumeTicket,
    Introspection,
    JsonWebKeySet,
    ServerMetadata,
    TicketHolder,
)
from emergence.contracts.auth.values import ISSUER
from emergence.kernel.errors import Forbidden
from emergence.kernel.published_document import published_document
from emergence.kernel.service_tokens import calling_service
from emergence.kernel.wire.ndjson import NdjsonResponse

KEY_SET_MAX_AGE_S = 300
_TOKEN = {"type": "object", "required": ["token"], "properties": {"token": {"type": "string"}}}
FORM = {"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": _TOKEN}}}}
_FIELDS = ("client_id", "client_secret", "client_assertion", "client_assertion_type", "audience")
_TOKEN_REQUEST = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {"grant_type": {"enum": [CLIENT_CREDENTIALS]}} | {name: {"type": "string"} for name in _FIELDS},
}
TOKEN_FORM = {"requestBody": {"required": True, "content": {FORM_TYPE: {"schema": _TOKEN_REQUEST}}}}

CallingService = Annotated[str, Depends(calling_service("auth"))]

well_known = APIRouter(prefix="/.well-known", tags=["auth"])
tokens = APIRouter(prefix="/api/auth", tags=["tokens"], dependencies=[NEVER_STORED])
internal = APIRouter(prefix="/api/auth/internal", include_in_schema=False, dependencies=[NEVER_STORED])


@well_known.get("/jwks.json", response_model=JsonWebKeySet, responses={304: {"description": "as it was"}})
async def get_keys(auth: Parts, request: Request) -> Response:
    """Return the public keys that verify access tokens (RFC 7517)."""
    body = (await auth.keys.published()).model_dump_json().encode()
    return published_document(body).answer(request, KEY_SET_MAX_AGE_S)


@well_known.get("/oauth-authorization-server")
async def get_metadata(auth: Parts, request: Request, response: Response) -> ServerMetadata:
    """Say what verifiers may rely on (RFC 8414); there is no authorization endpoint, so some of it is empty.

    `issuer` is what tokens say (RFC 9068 §4), which here is a name and not an address.
    """
    base = _base(auth, request)
    response.headers["Cache-Control"] = f"public, max-age={KEY_SET_MAX_AGE_S}"
    return ServerMetadata(
        issuer=ISSUER,
        jwks_uri=f"{base}/.well-known/jwks.json",
        token_endpoint=base + TOKEN_PATH,
        introspection_endpoint=f"{base}/api/auth/introspect",
        revocation_endpoint=f"{base}/api/auth/revoke",
        access_token_signing_alg_values_supported=[(await auth.keys.active()).algorithm],
    )


def _base(auth: Auth, request: Request) -> str:
    """Return our public address; what the request says only where nothing is set, which production does not allow."""
    return (auth.settings.public_url() or str(request.base_url)).rstrip("/")


@tokens.post("/token", openapi_extra=TOKEN_FORM)
async def post_token(auth: Parts, request: Request, caller: CallerOfRequest) -> ServiceTokenGrant:
    """Give a registered service a token for one of ours (RFC 6749 §4.4); it proves itself by secret or by key.

    The token opens every route of that service that is for services; a `scope` is refused, because none is enforced.
    """
    asked = token_request(
        await request.body(), request.headers.get("content-type", ""), request.headers.get("authorization")
    )
    return await issue_service_token(auth, asked, _base(auth, request) + TOKEN_PATH, caller)


@tokens.post("/introspect", response_model_exclude_none=True, openapi_extra=FORM)
async def post_introspection(auth: Parts, request: Request, _: CallingService) -> Introspection:
    """Say whether an access token may still be used, and what it says (RFC 7662); for services only."""
    return await introspect_token(auth, request.app.state.verifier, token_in_form(await request.body()))


@tokens.post("/revoke", openapi_extra=FORM)
async def post_revocation(auth: Parts, request: Request, caller: CallerOfRequest, service: CallingService) -> None:
    """End the login session of an access or refresh token (RFC 7009), if it is one; for services only."""
    await revoke_token(auth, request.app.state.verifier, token_in_form(await request.body()), service, caller)


@internal.post("/ws-tickets/consume")
async def post_consumption(auth: Parts, request: ConsumeTicket, service: CallingService) -> TicketHolder:
    """Use a ticket up, for the service that holds sockets."""
    if "session" not in service.split("+"):  # a process that runs several services signs with all their names
        raise Forbidden()
    return await consume_ticket(auth, request)


@internal.get("/revocations/stream")
async def get_revocations(
    auth: Parts, _: CallingService, after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0
) -> Response:
    """Tell what ended early, as newline-delimited JSON, for as long as the reader stays."""
    return NdjsonResponse(auth.feed.follow(after))


@internal.post("/introspect")
async def post_standing(auth: Parts, request: AskStanding, _: CallingService) -> Standing:
    """Say whether a login session may still be used, by the database."""
    return await ask_standing(auth, request)

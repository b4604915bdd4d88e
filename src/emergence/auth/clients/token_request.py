"""Read a request for a token: a form (RFC 6749 §4.4.2), and how the client says who it is (§2.3, RFC 7523 §2.2)."""

from base64 import b64decode
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote_plus

from emergence.contracts.auth.service_clients import (
    CLIENT_CREDENTIALS,
    JWT_BEARER,
    ClientRejected,
    TokenRequestRefused,
)

FIELDS_AT_MOST = 16
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class ClientProof:
    """What a client shows; either `secret` or `assertion` is set. `name` is None where the assertion says it."""

    name: str | None
    secret: str | None = field(default=None, repr=False)
    assertion: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What is asked for; None where the client has only one audience."""

    proof: ClientProof
    audience: str | None


def token_request(body: bytes, content_type: str, authorization: str | None) -> TokenRequest:
    """Return what a form and a header ask for.

    Raises TokenRequestRefused for a malformed one or another grant, ClientRejected when nobody shows anything.
    """
    fields = _fields(body, content_type)
    proof = _proof(fields, authorization)
    grant = fields.get("grant_type")
    if grant is None:
        raise TokenRequestRefused("grant_type is required.")
    if grant != CLIENT_CREDENTIALS:
        raise TokenRequestRefused("The only grant_type is client_credentials.", error="unsupported_grant_type")
    if fields.get("scope", "").split():  # RFC 6749 §3.3: never given less than was asked without a word
        raise TokenRequestRefused("There are no scopes: ask for a token without.", error="invalid_scope")
    return TokenRequest(proof, fields.get("audience"))


def _fields(body: bytes, content_type: str) -> dict[str, str]:
    if content_type.partition(";")[0].strip().lower() != FORM_TYPE:
        raise TokenRequestRefused(f"The body must be {FORM_TYPE}.")
    try:
        given = parse_qs(
            body.decode("ascii"), max_num_fields=FIELDS_AT_MOST, strict_parsing=bool(body), errors="strict"
        )
    except ValueError:
        raise TokenRequestRefused("The form cannot be read.") from None
    if any(len(values) != 1 for values in given.values()):
        raise TokenRequestRefused("No parameter may come twice.")  # RFC 6749 §3.2
    if any("\x00" in value for (value,) in given.values()):
        raise TokenRequestRefused("The form cannot be read.")
    return {name: value for name, (value,) in given.items()}


def _proof(fields: dict[str, str], authorization: str | None) -> ClientProof:
    """Return the one thing that a client shows; showing it in two ways is refused (RFC 6749 §2.3)."""
    shown = [authorization is not None, "client_secret" in fields, "client_assertion" in fields]
    if sum(shown) > 1:
        raise TokenRequestRefused("A client authenticates in one way at a time.")
    name = fields.get("client_id")
    if authorization is not None:
        basic = _basic(authorization)
        if name is not None and name != basic.name:
            raise TokenRequestRefused("client_id is another client's than the Authorization header's.")
        return basic
    if "client_assertion" in fields:
        if fields.get("client_assertion_type") != JWT_BEARER:
            raise TokenRequestRefused(f"client_assertion_type must be {JWT_BEARER}.")
        return ClientProof(name, assertion=fields["client_assertion"])
    if name is None or "client_secret" not in fields:
        raise ClientRejected(why="nothing_shown")
    return ClientProof(name, secret=fields["client_secret"])


def _basic(authorization: str) -> ClientProof:
    """Return what a Basic header says; both halves are form-encoded inside (RFC 6749 §2.3.1)."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        name, colon, secret = b64decode(encoded.strip(), validate=True).decode().partition(":")
        shown = ClientProof(unquote_plus(name, errors="strict"), unquote_plus(secret, errors="strict"))
    except ValueError:
        raise ClientRejected(why="malformed_header") from None
    if scheme.lower() != "basic" or not colon or "\x00" in f"{shown.name}{shown.secret}":
        raise ClientRejected(why="malformed_header")
    return shown

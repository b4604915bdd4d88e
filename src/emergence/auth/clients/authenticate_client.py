"""Who a client is: by the hash of its secret, or by a statement that it signed with its own key (RFC 7523 §3)."""

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from emergence.auth.clients.token_request import ClientProof
from emergence.auth.parts import Auth
from emergence.auth.store import service_clients as store
from emergence.auth.store.service_clients import ServiceClient
from emergence.contracts.auth.service_clients import ClientRejected
from emergence.kernel.signed_token import (
    SealedToken,
    TokenRefused,
    VerificationKey,
    strict_object,
    unseal,
    verification_key,
    verified_payload,
)

LEEWAY = timedelta(seconds=5)  # two machines' clocks
ASSERTION_LIFETIME = timedelta(minutes=5)  # how long a used one must be remembered
ASSERTION_TYPES = (None, "JWT", "client-authentication+jwt")
JTI_MAX_CHARACTERS = 256


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a client signed, to be used up: `hash` tells it from every other."""

    hash: bytes
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Authenticated:
    """A client that proved who it is; `assertion` still has to be used up."""

    client: ServiceClient
    method: str
    assertion: Assertion | None = None


def secret_hash(secret: str) -> bytes:
    """Return what is kept of a secret: of 256 random bits a plain hash gives nothing away."""
    return sha256(secret.encode()).digest()


async def authenticate_client(auth: Auth, proof: ClientProof, token_endpoint: str) -> Authenticated:
    """Return who shows this. Raises ClientRejected, with the reason for the audit log."""
    if proof.assertion is not None:
        return await _by_assertion(auth, proof.name, proof.assertion, token_endpoint)
    client = await store.find(auth.database, proof.name or "")
    kept = client.secret_hash if client is not None else None
    is_right = hmac.compare_digest(secret_hash(proof.secret or ""), kept or bytes(32))
    if client is None or kept is None or not is_right:
        raise ClientRejected(why="unknown_client" if client is None else "wrong_secret")
    return Authenticated(client, "client_secret")


async def _by_assertion(auth: Auth, name: str | None, assertion: str, token_endpoint: str) -> Authenticated:
    try:
        sealed = unseal(assertion)
        subject = strict_object(sealed.payload).get("sub")  # not believed yet: it says whose key to check with
        if not isinstance(subject, str) or "\x00" in subject or name not in (None, subject):
            raise TokenRefused("another client")
        client = await store.find(auth.database, subject)
        if client is None or client.jwks is None:
            raise TokenRefused("unknown client")
        claims = strict_object(verified_payload(sealed, _key(client.jwks, sealed)))
        spent = _checked(claims, client.name, token_endpoint, auth.clock.now())
    except TokenRefused as refused:
        raise ClientRejected(why=str(refused).replace(" ", "_")) from None
    return Authenticated(client, "private_key_jwt", spent)


def _key(jwks: str, sealed: SealedToken) -> VerificationKey:
    keys = [verification_key(each) for each in json.loads(jwks)["keys"]]
    kid, kind = sealed.header.get("kid"), sealed.header.get("typ")
    if kind not in ASSERTION_TYPES:
        raise TokenRefused("another kind of token")
    fitting = [key for key in keys if key.kid == kid] if kid is not None else keys
    if len(fitting) != 1:
        raise TokenRefused("unknown key")
    return fitting[0]


def _checked(claims: dict[str, object], name: str, token_endpoint: str, now: datetime) -> Assertion:
    if claims.get("iss") != name or claims.get("sub") != name:
        raise TokenRefused("another client")
    if claims.get("aud") != token_endpoint:  # never the issuer's name: other deployments have the same
        raise TokenRefused("another audience")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= JTI_MAX_CHARACTERS:
        raise TokenRefused("no id")
    ends_s = _whole(claims, "exp")
    now_s, leeway_s = now.timestamp(), LEEWAY.total_seconds()
    if now_s >= ends_s + leeway_s:
        raise TokenRefused("expired")
    if ends_s > now_s + ASSERTION_LIFETIME.total_seconds() + leeway_s:
        raise TokenRefused("ends too late")
    for start in ("iat", "nbf"):
        if start in claims and _whole(claims, start) > now_s + leeway_s:
            raise TokenRefused("not valid yet")
    hashed = sha256(json.dumps([name, jti]).encode()).digest()
    return Assertion(hashed, datetime.fromtimestamp(ends_s, UTC) + LEEWAY)


def _whole(claims: dict[str, object], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int:
        raise TokenRefused(f"no whole {name}")
    return value

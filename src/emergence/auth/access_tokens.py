"""Access tokens: short signed statements of who somebody is (RFC 9068)."""

import json
from base64 import urlsafe_b64encode
from datetime import datetime

from joserfc.jws import JWSRegistry

from emergence.auth.settings import ACCESS_TOKEN_LIFETIME
from emergence.auth.signing_keys import SigningKey
from emergence.auth.store.sessions import Session
from emergence.auth.store.users import Account
from emergence.contracts.auth.values import ACCESS_TOKEN_AUDIENCE, ISSUER
from emergence.kernel.identity import ACCESS_TOKEN_TYPE
from emergence.kernel.ids import new_id

CLIENT_ID = "emergence"
SCOPE = "account:read account:write"
SCOPE_OF_IMPERSONATION = "account:read"


def access_token_end_s(session: Session, now: datetime) -> int:
    """Return when a token made now ends, in seconds since 1970: never later than its session."""
    latest = now + ACCESS_TOKEN_LIFETIME
    return int(min(latest, session.absolute_end).timestamp())


def access_token(
    key: SigningKey, session: Session, account: Account, now: datetime, *, with_email: bool = False
) -> str:
    """Return a signed token for one session of one person; the address is for clients of former times only."""
    issued_s = int(now.timestamp())
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": ACCESS_TOKEN_AUDIENCE,
        "sub": str(account.user_id),
        "client_id": CLIENT_ID,
        "iat": issued_s,
        "nbf": issued_s,
        "exp": access_token_end_s(session, now),
        "jti": str(new_id()),
        "sid": str(session.id),
        "sv": session.version,
        "auth_time": int(session.authenticated_at.timestamp()),
        "acr": session.acr,
        "amr": list(session.amr),
        "scope": SCOPE,
        "role": account.role.value,
    }
    if with_email and account.email is not None:
        claims["email"] = account.email
    if session.impersonator_id is not None:
        claims |= {"scope": SCOPE_OF_IMPERSONATION, "act": {"sub": str(session.impersonator_id)}}  # RFC 8693 §4.1
    return _signed({"alg": key.algorithm, "typ": ACCESS_TOKEN_TYPE, "kid": key.kid}, claims, key)


def service_token(key: SigningKey, client: str, audience: str, now: datetime) -> str:
    """Return a signed token by which a service on another machine calls one of ours; it speaks for no person."""
    issued_s = int(now.timestamp())
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": audience,
        "sub": client,
        "client_id": client,
        "iat": issued_s,
        "nbf": issued_s,
        "exp": issued_s + int(ACCESS_TOKEN_LIFETIME.total_seconds()),
        "jti": str(new_id()),
    }
    return _signed({"alg": key.algorithm, "typ": ACCESS_TOKEN_TYPE, "kid": key.kid}, claims, key)


def _signed(header: dict[str, str], claims: dict[str, object], key: SigningKey) -> str:
    # Not joserfc's own encoder: it warns at each call that RFC 9864 prefers another name for this algorithm.
    signing_input = f"{_segment(json.dumps(header).encode())}.{_segment(json.dumps(claims).encode())}"
    signature = JWSRegistry.algorithms[key.algorithm].sign(signing_input.encode(), key.key)
    return f"{signing_input}.{_segment(signature)}"


def _segment(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()

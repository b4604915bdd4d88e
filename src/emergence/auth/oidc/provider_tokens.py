"""Believe what a provider signed: ID tokens (OpenID Connect Core §3.1.3.7), logout tokens (Back-Channel Logout §2)."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256, sha512

from emergence.auth.oidc.provider_keys import ALGORITHMS
from emergence.auth.oidc.providers import Provider
from emergence.kernel.clock import Clock
from emergence.kernel.signed_token import TokenRefused, strict_object, unseal, verified_payload

TOKEN_MAX_CHARACTERS = 16_384  # groups and roles make some of them long
# Thumbprints of certificates, which some providers write beside `kid` and nothing here reads.
IGNORED_HEADERS = frozenset({"x5t", "x5t#S256"})
LEEWAY = timedelta(seconds=60)  # their clocks are not ours
ISSUED_WITHIN = timedelta(minutes=10)
SUBJECT_MAX_CHARACTERS = 255  # OpenID Connect Core §2
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
HASH_OF = {"RS256": sha256, "ES256": sha256, "EdDSA": sha512}


@dataclass(frozen=True, slots=True)
class Proof:
    """Who somebody is at a provider, as a verified ID token says."""

    subject: str
    sid: str | None
    authenticated_at: datetime | None
    claims: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Logout:
    """Who signed out at a provider, everywhere or from one session."""

    subject: str | None
    sid: str | None
    issued_at: datetime


async def verified_id_token(provider: Provider, token: str, nonce: str, access_token: str, clock: Clock) -> Proof:
    """Return what an ID token proves. Raises TokenRefused, SignInProviderUnavailable."""
    claims, alg = await _verified(provider, token, ("JWT",), clock)
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise TokenRefused("nonce")
    if "at_hash" in claims and claims["at_hash"] != _left_half(alg, access_token):
        raise TokenRefused("at_hash")
    subject = _subject(claims.get("sub"))
    authenticated = _seconds(claims, "auth_time") if "auth_time" in claims else None
    if authenticated is not None and not 0 < authenticated <= _latest(clock):
        raise TokenRefused("auth_time")
    return Proof(
        subject=subject,
        sid=_text(claims, "sid"),
        authenticated_at=None if authenticated is None else datetime.fromtimestamp(authenticated, UTC),
        claims=claims,
    )


async def verified_logout_token(provider: Provider, token: str, clock: Clock) -> Logout:
    """Return who signed out. Raises TokenRefused, SignInProviderUnavailable."""
    claims, _ = await _verified(provider, token, ("LOGOUT+JWT", "JWT"), clock)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise TokenRefused("events")
    if "nonce" in claims:  # it would be an ID token that somebody sends on
        raise TokenRefused("nonce")
    if not isinstance(claims.get("jti"), str):
        raise TokenRefused("jti")
    sid = _text(claims, "sid")
    subject = _subject(claims["sub"]) if "sub" in claims else None
    if sid is None and subject is None:
        raise TokenRefused("sub")
    return Logout(subject, sid, datetime.fromtimestamp(_seconds(claims, "iat"), UTC))


async def _verified(
    provider: Provider, token: str, types: tuple[str, ...], clock: Clock
) -> tuple[Mapping[str, object], str]:
    sealed = unseal(token, max_characters=TOKEN_MAX_CHARACTERS, ignored_headers=IGNORED_HEADERS)
    kind, alg, kid = (sealed.header.get(name) for name in ("typ", "alg", "kid"))
    if kind is not None and (not isinstance(kind, str) or kind.upper() not in types):
        raise TokenRefused("typ")
    if not isinstance(alg, str) or alg not in ALGORITHMS:
        raise TokenRefused("alg")
    if kid is not None and not isinstance(kid, str):
        raise TokenRefused("kid")
    key = await provider.keys.find(kid, alg)
    if key is None:
        raise TokenRefused("kid")
    claims = strict_object(verified_payload(sealed, key))
    if claims.get("iss") != provider.settings.issuer:
        raise TokenRefused("iss")
    _require_audience(claims, provider.settings.client_id)
    _require_time(claims, clock)
    return claims, alg


def _require_audience(claims: Mapping[str, object], client_id: str) -> None:
    audience = claims.get("aud")
    if audience != client_id and not (isinstance(audience, list) and client_id in audience):
        raise TokenRefused("aud")
    is_shared = isinstance(audience, list) and len(audience) > 1
    if (is_shared or "azp" in claims) and claims.get("azp") != client_id:
        raise TokenRefused("azp")


def _require_time(claims: Mapping[str, object], clock: Clock) -> None:
    now, leeway = clock.now().timestamp(), LEEWAY.total_seconds()
    if now >= _seconds(claims, "exp") + leeway:
        raise TokenRefused("exp")
    if not now - ISSUED_WITHIN.total_seconds() - leeway <= _seconds(claims, "iat") <= _latest(clock):
        raise TokenRefused("iat")
    if "nbf" in claims and _seconds(claims, "nbf") > _latest(clock):
        raise TokenRefused("nbf")


def _latest(clock: Clock) -> float:
    return clock.now().timestamp() + LEEWAY.total_seconds()


def _seconds(claims: Mapping[str, object], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int:  # isinstance would let True pass
        raise TokenRefused(name)
    return value


def _subject(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= SUBJECT_MAX_CHARACTERS or "\x00" in value:
        raise TokenRefused("sub")
    if not value.isascii():
        raise TokenRefused("sub")
    return value


def _text(claims: Mapping[str, object], name: str) -> str | None:
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= SUBJECT_MAX_CHARACTERS or "\x00" in value:
        raise TokenRefused(name)
    return value


def _left_half(alg: str, access_token: str) -> str:
    digest = HASH_OF[alg](access_token.encode()).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()

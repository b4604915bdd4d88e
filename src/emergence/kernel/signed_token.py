"""Open a compact JWS with a known key, refusing every form that two parsers could read differently."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from joserfc import jwk
from joserfc.errors import JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jws import JWSRegistry

TOKEN_MAX_CHARACTERS = 4096
RSA_MIN_BITS = 2048  # NIST SP 800-131A
HMAC_MIN_BYTES = {"HS256": 32, "HS384": 48, "HS512": 64}  # RFC 7518 §3.2: as long as the hash
FORBIDDEN_HEADERS = frozenset({"jku", "jwk", "crit", "zip", "b64"})  # and x5*: keys and rules come from us only

_COMPACT_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")  # a JWS may have an empty payload


class TokenRefused(Exception):
    """A token that must not be believed; the reason is for logs and tests, never for the sender."""


class KeyUnusable(Exception):
    """A published key that no signature may be checked with."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """One key and the only algorithm it may be used with (RFC 8725 §3.1)."""

    kid: str
    algorithm: JWSAlgModel
    key: jwk.Key

    @property
    def alg(self) -> str:
        """Return the JOSE name of the algorithm."""
        return self.algorithm.name


@dataclass(frozen=True, slots=True)
class SealedToken:
    """A well-formed token whose signature nobody has checked: only its header may be looked at."""

    header: Mapping[str, object]
    signing_input: bytes
    payload: bytes
    signature: bytes


def verification_key(document: Mapping[str, object]) -> VerificationKey:
    """Return the key that a JWK (RFC 7517) describes.

    Raises KeyUnusable when it names no algorithm, is meant for something else than signatures,
    does not fit its algorithm, or is too weak for it.
    """
    alg = document.get("alg")
    algorithm = JWSRegistry.algorithms.get(alg) if isinstance(alg, str) else None
    if algorithm is None or algorithm.name == "none":
        raise KeyUnusable("the key names no signature algorithm")
    if document.get("use", "sig") != "sig":
        raise KeyUnusable("the key is not meant for signatures")
    try:
        key = jwk.import_key({name: value for name, value in document.items() if isinstance(value, str)})
        algorithm.check_key(key)
        _require_strength(algorithm, key)
    except (JoseError, ValueError, TypeError, KeyError) as refused:
        raise KeyUnusable(f"the key does not fit {alg}") from refused
    kid = document.get("kid")
    return VerificationKey(kid if isinstance(kid, str) else "", algorithm, key)


def _require_strength(algorithm: JWSAlgModel, key: jwk.Key) -> None:
    material = key.raw_value
    if isinstance(material, bytes) and len(material) < HMAC_MIN_BYTES.get(algorithm.name, 0):
        raise ValueError("too short")
    if isinstance(material, RSAPrivateKey | RSAPublicKey) and material.key_size < RSA_MIN_BITS:
        raise ValueError("too short")


def unseal(
    token: str, *, max_characters: int = TOKEN_MAX_CHARACTERS, ignored_headers: frozenset[str] = frozenset()
) -> SealedToken:
    """Take a compact JWS apart. Raises TokenRefused.

    At most `max_characters`, three segments of the base64url alphabet in their canonical form, a
    header that is a JSON object without duplicate members and without any that points at keys,
    but for `ignored_headers`: what foreign issuers write into theirs and nobody here reads.
    """
    if len(token) > max_characters:
        raise TokenRefused("too long")
    if not _COMPACT_FORM.fullmatch(token):
        raise TokenRefused("not three base64url segments")
    header, payload, signature = (_canonical_bytes(segment) for segment in token.split("."))
    members = strict_object(header)
    if any(name in FORBIDDEN_HEADERS or name.startswith("x5") for name in members.keys() - ignored_headers):
        raise TokenRefused("forbidden header")
    return SealedToken(members, token.rpartition(".")[0].encode(), payload, signature)


def verified_payload(token: SealedToken, key: VerificationKey) -> bytes:
    """Return the payload if `key` signed it with the key's own algorithm. Raises TokenRefused."""
    if token.header.get("alg") != key.alg:
        raise TokenRefused("another algorithm than the key's")
    try:
        is_signed = key.algorithm.verify(token.signing_input, token.signature, key.key)
    except (JoseError, ValueError) as refused:
        raise TokenRefused("malformed signature") from refused
    if not is_signed:
        raise TokenRefused("wrong signature")
    return token.payload


def strict_object(text: bytes) -> dict[str, object]:
    """Return the JSON object in `text`: UTF-8, no duplicate members, no NaN or Infinity. Raises TokenRefused."""
    try:
        value = json.loads(text.decode(), object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as malformed:
        raise TokenRefused("not strict JSON") from malformed
    if not isinstance(value, dict):
        raise TokenRefused("not a JSON object")
    return value


def _canonical_bytes(segment: str) -> bytes:
    try:
        content = urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except ValueError as malformed:
        raise TokenRefused("not base64url") from malformed
    if urlsafe_b64encode(content).rstrip(b"=").decode() != segment:
        raise TokenRefused("not canonical base64url")
    return content


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    members: dict[str, object] = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")

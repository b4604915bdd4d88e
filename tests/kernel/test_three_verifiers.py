"""Our verifier beside PyJWT and joserfc on bent tokens: whatever ours takes, both others take for the same person."""

import json
from datetime import timedelta
from typing import Any

import jwt as pyjwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt as joserfc_jwt
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from emergence.kernel.errors import Unauthenticated
from emergence.kernel.identity import AccessTokenVerifier
from tests.frozen_clock import FrozenClock
from tests.kernel.access_tokens import AUDIENCE, ISSUER, TokenMint

TOKENS = 10_000
TOLERANT = JWSRegistry(algorithms=["EdDSA"], strict_check_header=False)  # unknown ones are ignored, RFC 7515 §4
MINT = TokenMint(FrozenClock())
STRANGER = TokenMint(FrozenClock())
TEXTS = st.text('ABCabc019-_.=+/ {}":,\n\x00é', max_size=3)
VALUES = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats() | TEXTS | st.lists(TEXTS, max_size=2)
CLAIMS = ["iss", "aud", "sub", "sid", "role", "sv", "exp", "iat", "nbf", "jti", "extra"]
HEADERS = ["alg", "typ", "kid", "crit", "b64", "jku", "extra"]
BENT = st.fixed_dictionaries(
    {
        "header": st.dictionaries(st.sampled_from(HEADERS), VALUES, max_size=1),
        "claims": st.dictionaries(st.sampled_from(CLAIMS), VALUES, max_size=2),
        "shifts": st.dictionaries(st.sampled_from(["exp", "iat", "nbf"]), st.integers(-400, 400), max_size=2),
        "without": st.lists(st.sampled_from(CLAIMS), max_size=1),
        "edits": st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 3), TEXTS), max_size=2),
        "stranger": st.sampled_from([False, False, False, True]),
    }
)


def bent_token(bent: dict[str, Any]) -> str:
    now = int(MINT.clock.now().timestamp())
    claims = MINT.claims() | bent["claims"] | {name: now + shift for name, shift in bent["shifts"].items()}
    for name in bent["without"]:
        claims.pop(name, None)
    signer = STRANGER if bent["stranger"] else MINT
    token = signer.sign(json.dumps(MINT.header() | bent["header"]).encode(), json.dumps(claims).encode())
    letters = list(token)
    for place, length, text in bent["edits"]:
        start = place % len(token)
        letters[start : start + length] = text
    return "".join(letters)


async def ours(token: str) -> str | None:
    """Return whom our verifier lets in, or None."""
    verifier = AccessTokenVerifier(MINT.key_set, issuer=ISSUER, audience=AUDIENCE, clock=MINT.clock)
    try:
        return str((await verifier.verify(token)).user_id)
    except Unauthenticated:
        return None


def by_pyjwt(token: str) -> dict[str, Any] | None:
    try:
        claims = pyjwt.decode(
            token,
            MINT.key.public_key,  # type: ignore[arg-type]
            algorithms=["EdDSA"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},  # it reads the real clock
        )
    except (pyjwt.PyJWTError, ValueError, RecursionError):
        return None
    return claims if pyjwt.get_unverified_header(token).get("typ") == "at+jwt" and is_timely(claims) else None


def by_joserfc(token: str) -> dict[str, Any] | None:
    try:
        decoded = joserfc_jwt.decode(token, MINT.key, registry=TOLERANT)
    except (JoseError, ValueError, TypeError, RecursionError):
        return None
    claims = dict(decoded.claims)
    is_for_us = claims.get("iss") == ISSUER and claims.get("aud") == AUDIENCE
    return claims if is_for_us and decoded.header.get("typ") == "at+jwt" and is_timely(claims) else None


def is_timely(claims: dict[str, Any]) -> bool:
    """What both libraries are told not to look at, because they only know the real clock."""
    now, leeway = MINT.clock.now().timestamp(), timedelta(seconds=5).total_seconds()
    try:
        return bool(now < claims["exp"] + leeway and max(claims["iat"], claims["nbf"]) <= now + leeway)
    except (KeyError, TypeError):
        return False


def is_strict(claims: dict[str, Any]) -> bool:
    """What our verifier asks for beyond the libraries."""
    whole = all(type(claims.get(name)) is int for name in ("exp", "iat", "nbf", "sv"))
    texts = all(isinstance(claims.get(name), str) for name in ("sub", "sid", "role", "jti"))
    ids = texts and all(len(claims[name]) == 36 for name in ("sub", "sid"))
    return whole and ids and 0 < claims["exp"] - claims["iat"] <= 300


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@settings(max_examples=TOKENS, deadline=None)
@given(bent=BENT)
async def test_three_verifiers_agree(bent: dict[str, Any]) -> None:
    token = bent_token(bent)

    accepted = await ours(token)
    others = [by_pyjwt(token), by_joserfc(token)]

    if accepted is not None:
        assert [claims and claims["sub"] for claims in others] == [accepted, accepted]
    elif None not in others and not bent["edits"] and not bent["header"]:
        assert not all(claims is not None and is_strict(claims) for claims in others)

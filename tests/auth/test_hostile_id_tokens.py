"""ID tokens that must not be believed: each is refused, written down, and makes no account."""

import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from tests.auth.open_id_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Claims,
    OpenIdProvider,
    new_key,
    text,
    unsigned,
)
from tests.auth.served_auth import ServedAuth
from tests.auth.served_with_providers import (
    refused,
    session_of,
    sign_in,
)

PAUSE = timedelta(seconds=61)  # so that nothing is refused only because there was much of it


@pytest.fixture
def served(beside_acme: ServedAuth) -> ServedAuth:
    return beside_acme


def later(**deltas: int) -> Callable[[Claims], None]:
    """Move times by seconds."""

    def change(claims: Claims) -> None:
        for name, delta in deltas.items():
            claims[name] = int(claims.get(name) or claims["iat"]) + delta

    return change


def put(**changes: Any) -> Callable[[Claims], None]:
    return lambda claims: claims.update(changes)


def without(name: str) -> Callable[[Claims], None]:
    def change(claims: Claims) -> None:
        del claims[name]

    return change


WRONG_CLAIMS: dict[str, tuple[Callable[[Claims], None], str]] = {
    "another issuer": (put(iss="https://evil.example"), "iss"),
    "the issuer with a slash": (lambda claims: claims.update(iss=claims["iss"] + "/"), "iss"),
    "no issuer": (without("iss"), "iss"),
    "another audience": (put(aud="somebody else"), "aud"),
    "an audience list without us": (put(aud=["x", "y"]), "aud"),
    "no audience": (without("aud"), "aud"),
    "two audiences and no azp": (put(aud=[CLIENT_ID, "x"]), "azp"),
    "another azp": (put(azp="x"), "azp"),
    "another azp in a list": (put(aud=[CLIENT_ID, "x"], azp="x"), "azp"),
    "no subject": (without("sub"), "sub"),
    "an empty subject": (put(sub=""), "sub"),
    "a number as subject": (put(sub=7), "sub"),
    "a long subject": (put(sub="x" * 256), "sub"),
    "a subject with NUL": (put(sub="a\x00b"), "sub"),
    "no iat": (without("iat"), "iat"),
    "iat as text": (lambda claims: claims.update(iat=str(claims["iat"])), "iat"),
    "iat as a fraction": (lambda claims: claims.update(iat=float(claims["iat"])), "iat"),
    "iat in the future": (later(iat=61), "iat"),
    "iat long ago": (later(iat=-661), "iat"),
    "no exp": (without("exp"), "exp"),
    "exp as truth": (put(exp=True), "exp"),
    "expired": (later(exp=-361), "exp"),
    "not valid yet": (later(nbf=61), "nbf"),
    "another nonce": (put(nonce="x"), "nonce"),
    "no nonce": (without("nonce"), "nonce"),
    "a list as nonce": (put(nonce=[]), "nonce"),
    "another access token": (put(at_hash="x"), "at_hash"),
    "auth_time in the future": (later(auth_time=61), "auth_time"),
    "auth_time as text": (put(auth_time="now"), "auth_time"),
    "a list as sid": (put(sid=[]), "sid"),
}


async def test_each_wrong_claim_is_refused_and_written_down(served: ServedAuth, acme: OpenIdProvider) -> None:
    reasons = {}
    for name, (change, _) in WRONG_CLAIMS.items():
        acme.change_claims = change
        served.clock.advance(PAUSE)
        reasons[name] = await refused(served, acme)

    assert reasons == {name: f"id_token: {about}" for name, (_, about) in WRONG_CLAIMS.items()}


async def test_what_the_standard_leaves_open_is_accepted(served: ServedAuth, acme: OpenIdProvider) -> None:
    for change in (
        put(aud=[CLIENT_ID]),
        put(aud=[CLIENT_ID, "x"], azp=CLIENT_ID),
        put(azp=CLIENT_ID),
        without("at_hash"),
    ):
        acme.change_claims = change
        browser = served.browser()

        await sign_in(browser, acme)

        await session_of(browser)


@pytest.mark.parametrize("alg", ["RS256", "ES256", "EdDSA"])
async def test_each_algorithm_works_also_where_the_key_does_not_name_it(
    served: ServedAuth, acme: OpenIdProvider, alg: str
) -> None:
    for hidden in ((), ("alg",), ("alg", "use")):
        acme.keys = [new_key(alg, hidden=hidden)]
        acme.make_token = lambda claims: acme.keys[0].sign(claims, x5t="thumbprint")
        served.clock.advance(PAUSE)
        browser = served.browser()

        await sign_in(browser, acme)

        await session_of(browser)


def hmac_with(secret: bytes) -> Callable[[OpenIdProvider, Claims], str]:
    def forge(provider: OpenIdProvider, claims: Claims) -> str:
        content = unsigned(claims, {"alg": "HS256", "kid": provider.keys[0].kid})
        return f"{content}.{text(hmac.digest(secret, content.encode(), sha256))}"

    return forge


def hmac_with_public_key(provider: OpenIdProvider, claims: Claims) -> str:
    key = provider.keys[0].key
    assert isinstance(key, RSAKey | ECKey)
    public = key.as_pem(private=False)
    return hmac_with(public)(provider, claims)


def other_signature(provider: OpenIdProvider, claims: Claims) -> str:
    known = provider.keys[0]
    return new_key(known.alg, known.kid).sign(claims)


def broken_signature(provider: OpenIdProvider, claims: Claims) -> str:
    content, _, signature = provider.keys[0].sign(claims).rpartition(".")
    return f"{content}.{'A' * len(signature)}"


def header(**changes: Any) -> Callable[[OpenIdProvider, Claims], str]:
    return lambda provider, claims: provider.keys[0].sign(claims, **changes)


FORGERIES: dict[str, Callable[[OpenIdProvider, Claims], Any]] = {
    "alg none": lambda _, claims: unsigned(claims, {"alg": "none"}) + ".",
    "alg None with a signature": lambda _, claims: unsigned(claims, {"alg": "None"}) + ".AAAA",
    "alg none and a kid": lambda provider, claims: (
        unsigned(claims, {"alg": "none", "kid": provider.keys[0].kid}) + ".x"
    ),
    "HMAC by the client secret": hmac_with(CLIENT_SECRET.encode().ljust(32, b"\0")),
    "HMAC by the public key": hmac_with_public_key,
    "another key's signature": other_signature,
    "a broken signature": broken_signature,
    "an unknown kid": header(kid="invented"),
    "a number as kid": lambda provider, claims: unsigned(claims, {"alg": "ES256", "kid": 1}) + ".AAAA",
    "a logout token's type": header(typ="logout+jwt"),
    "an access token's type": header(typ="at+jwt"),
    "a key in the header": header(jwk={"kty": "EC"}),
    "an address of keys in the header": header(jku="https://evil.example/keys"),
    "no JWT": lambda *_: "not a token",
    "a number": lambda *_: 7,
    "a giant": lambda *_: "a" * 20_000,
}


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
async def test_each_forged_token_is_refused(served: ServedAuth, acme: OpenIdProvider, alg: str) -> None:
    acme.keys = [new_key(alg)]
    reasons = {}
    for name, forge in FORGERIES.items():
        acme.make_token = partial(forge, acme)
        served.clock.advance(PAUSE)
        reasons[name] = await refused(served, acme)

    assert len(reasons) == len(FORGERIES)
    assert [name for name, reason in reasons.items() if not reason.startswith(("id_token: ", "tokens"))] == []


async def test_duplicate_claims_are_refused(served: ServedAuth, acme: OpenIdProvider) -> None:
    key = acme.keys[0]

    def twice(claims: Claims) -> str:
        payload = json.dumps(claims)[:-1] + ', "sub": "mallory"}'
        header = {"alg": key.alg, "kid": key.kid}
        return jws.serialize_compact(header, payload.encode(), key.key, algorithms=[key.alg])

    acme.make_token = twice

    assert await refused(served, acme) == "id_token: not strict JSON"

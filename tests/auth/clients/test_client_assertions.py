"""Clients that prove themselves by a statement of their own (RFC 7523): each is good once, and nothing else is."""

import asyncio
import hmac
import json
from base64 import b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import ECKey, OKPKey

from emergence.auth.clients.register_client import add_client
from emergence.auth.sweep import sweep
from emergence.contracts.auth.service_clients import (
    ServiceClientRefused,
)
from tests.auth.clients.holding import ENDPOINT, NAME, Held, ask, audited, basic, key_set, own_key, refusal, with_secret
from tests.auth.served_auth import ServedAuth


async def test_of_twenty_uses_of_one_assertion_at_once_exactly_one_gets_a_token(held: Held) -> None:
    assertion = held.assertion()

    answers = await asyncio.gather(*(held.ask(assertion, audience="chat") for _ in range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19
    rows = await audited(held.served)
    assert [row[0] for row in rows].count("token.issued") == 1
    told = ("token.refused", "failure", '{"client": "session", "reason": "used_before"}')
    assert rows.count(told) == 1, "one a minute"
    held.served.clock.advance(timedelta(seconds=64))
    assert refusal(await held.ask(assertion, audience="chat")) == (401, "invalid_client")


async def test_what_was_used_is_remembered_until_it_is_over(held: Held) -> None:
    assertion = held.assertion()
    await held.ask(assertion, audience="chat")

    await sweep(held.served.auth)
    assert refusal(await held.ask(assertion, audience="chat")) == (401, "invalid_client")
    held.served.clock.advance(timedelta(seconds=66))
    await sweep(held.served.auth)

    assert await held.served.auth.database.fetch("SELECT hash FROM jti_seen") == []
    assert refusal(await held.ask(assertion, audience="chat")) == (401, "invalid_client")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "emergence-auth"},
        {"aud": [ENDPOINT]},
        {"aud": "https://elsewhere.example/api/auth/token"},
        {"aud": None},
        {"iss": "chat"},
        {"sub": "chat"},
        {"iss": "nobody", "sub": "nobody"},
        {"sub": 7},
        {"sub": "a\x00b"},
        {"jti": None},
        {"jti": ""},
        {"jti": "x" * 257},
        {"jti": 7},
        {"exp": None},
        {"exp": 4_000_000_000},
        {"exp": 1},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
    ],
    ids=str,
)
async def test_an_assertion_that_says_something_else_is_refused(held: Held, changes: dict[str, Any]) -> None:
    private = held.key.private_key
    assert isinstance(private, Ed25519PrivateKey)
    # PyJWT's typed encoder wants registered claims of the right type; its signer takes any bytes.
    signed = jwt.PyJWS().encode(json.dumps(held.claims(**changes)).encode(), private, "EdDSA", {"kid": "one"})

    assert refusal(await held.ask(signed, audience="chat")) == (401, "invalid_client")
    assert [row[0] for row in await audited(held.served)].count("token.issued") == 0


async def test_an_assertion_that_is_signed_otherwise_is_refused(held: Held) -> None:
    other = Held(held.served)
    good = held.assertion()
    header, payload, _ = good.split(".")
    with_secret_alg = jwt.encode(held.claims(), "x" * 32, "HS256", {"kid": "one"}).rpartition(".")[0]
    public = b64decode(str(held.key.as_dict(private=False)["x"]) + "=", altchars=b"-_")
    mac = urlsafe_b64encode(hmac.digest(public, with_secret_alg.encode(), "sha256")).rstrip(b"=").decode()
    hostile = {
        "another's key": other.assertion(),
        "unknown kid": held.assertion({"kid": "two"}),
        "another type": held.assertion({"typ": "at+jwt"}),
        "its own key in the header": held.assertion({"jwk": other.key.as_dict(private=False)}),
        "unsigned": jwt.encode(held.claims(), "", "none", {"kid": "one"}) + "AA",
        "public key as a secret": f"{with_secret_alg}.{mac}",
        "no signature": f"{header}.{payload}.AAAA",
        "no token": "x",
        "too long": good + "A" * 5_000,
    }

    for why, assertion in hostile.items():
        assert refusal(await held.ask(assertion, audience="chat")) == (401, "invalid_client"), why
    named = await held.ask(client_id="chat", audience="chat")
    assert refusal(named) == (401, "invalid_client"), "client_id of another"
    assert (await held.ask(good, audience="chat", client_id=NAME)).status_code == 200


async def test_a_key_client_has_no_secret_and_a_secret_client_no_key(held: Held) -> None:
    await with_secret(held.served, "reports")

    assert refusal(await ask(held.served, {}, **basic(NAME, ""))) == (401, "invalid_client")
    assertion = held.assertion(iss="reports", sub="reports")
    assert refusal(await held.ask(assertion, audience="chat")) == (401, "invalid_client")


async def test_only_public_keys_of_strong_kinds_are_kept(served: ServedAuth) -> None:
    key = own_key()
    without_alg = OKPKey.generate_key("Ed25519")
    for refused in (
        "",
        "[]",
        '{"keys": []}',
        '{"keys": [1]}',
        json.dumps({"keys": [key.as_dict(private=True)]}),
        json.dumps(key_set(without_alg)),
        json.dumps(key_set(key, key)),
        json.dumps({"keys": [{"kty": "oct", "alg": "HS256", "k": "A" * 43}]}),
    ):
        with pytest.raises(ServiceClientRefused):
            await add_client(served.auth, NAME, ["chat"], refused)
    other = ECKey.generate_key("P-256", {"kid": "two", "alg": "ES256"})
    await add_client(served.auth, NAME, ["chat"], json.dumps(key_set(key, other)))
    assert (await Held(served, key).ask()).status_code == 200, "and the one audience need not be named"

"""A provider whose keys or documents are not as they should be, and one that does not answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from tests.auth.open_id_provider import (
    OpenIdProvider,
    PublishedKey,
    new_key,
)
from tests.auth.served_auth import ServedAuth
from tests.auth.served_with_providers import (
    begin,
    refused,
    session_of,
    sign_in,
)


@pytest.fixture
def served(beside_acme: ServedAuth) -> ServedAuth:
    return beside_acme


async def test_without_a_kid_the_only_key_is_meant(served: ServedAuth, acme: OpenIdProvider) -> None:
    acme.make_token = lambda claims: acme.keys[0].sign(claims, kid=None)
    browser = served.browser()

    await sign_in(browser, acme)

    await session_of(browser)


async def test_without_a_kid_and_with_several_keys_nothing_is_guessed(served: ServedAuth, acme: OpenIdProvider) -> None:
    acme.keys.append(new_key())
    acme.make_token = lambda claims: acme.keys[0].sign(claims, kid=None)

    assert await refused(served, acme) == "id_token: kid"


@pytest.mark.parametrize(
    "junk",
    [
        {"kty": "RSA", "kid": "x", "n": "!", "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "kid": "x", "x": "AA", "y": "AA"},
        {"kty": ["EC"], "crv": {}},
        {"kty": "oct", "k": "AAAA", "alg": "HS256"},
        {"kty": "new"},
        "text",
        None,
    ],
)
async def test_a_key_that_cannot_be_read_hides_no_other(served: ServedAuth, acme: OpenIdProvider, junk: Any) -> None:
    acme.extra_keys = [junk]
    browser = served.browser()

    await sign_in(browser, acme)

    await session_of(browser)


async def test_a_short_rsa_key_is_none(served: ServedAuth, acme: OpenIdProvider) -> None:
    acme.keys = [PublishedKey("short", "RS256", RSAKey.generate_key(1024, auto_kid=False))]

    assert await refused(served, acme) == "id_token: kid"


async def test_new_keys_are_fetched_once_when_a_token_names_one(served: ServedAuth, acme: OpenIdProvider) -> None:
    await sign_in(served.browser(), acme)
    acme.keys = [new_key("RS256")]
    browser = served.browser()

    await sign_in(browser, acme)

    await session_of(browser)
    assert acme.asked.count("keys") == 2


async def test_invented_key_ids_are_no_load_on_the_provider(served: ServedAuth, acme: OpenIdProvider) -> None:
    acme.make_token = lambda claims: acme.keys[0].sign(claims, kid="invented")
    for _ in range(5):
        await refused(served, acme)

    assert acme.asked.count("keys") == 2


async def test_keys_that_are_away_are_not_asked_for_by_everybody(served: ServedAuth, acme: OpenIdProvider) -> None:
    acme.are_keys_away = True
    landed = [await sign_in(served.browser(), acme) for _ in range(3)]
    asked = acme.asked.count("keys")
    acme.are_keys_away = False
    served.clock.advance(timedelta(seconds=5))
    browser = served.browser()

    await sign_in(browser, acme)

    await session_of(browser)
    assert asked == 1
    assert {each.error for each in landed} == {"sign_in_provider_unavailable"}


async def test_a_withdrawn_key_is_soon_believed_no_more(served: ServedAuth, acme: OpenIdProvider) -> None:
    old = acme.keys[0]
    await sign_in(served.browser(), acme)
    acme.keys = [new_key()]
    acme.make_token = old.sign
    served.clock.advance(timedelta(minutes=15))

    landed = await sign_in(served.browser(), acme)

    assert landed.error == "provider_sign_in_refused"


def _slow(_: Request) -> Any:
    async def answer() -> Response:
        await asyncio.sleep(6)
        return PlainTextResponse("{}")

    return answer()


def _trickling(_: Request) -> Response:
    async def drops() -> AsyncIterator[bytes]:
        for _ in range(60):
            yield b" "
            await asyncio.sleep(0.1)

    return StreamingResponse(drops())


def _huge(_: Request) -> Response:
    async def flood() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65_536
            await asyncio.sleep(0)  # a server that is left does not wait for anybody

    return StreamingResponse(flood())


DISCOVERIES: dict[str, Callable[[Request], Any]] = {
    "a redirect": lambda request: RedirectResponse(str(request.url.replace(path="/keys")), 302),
    "an endless answer": _huge,
    "no answer": _slow,
    "an answer drop by drop": _trickling,
    "no JSON": lambda _: PlainTextResponse("<html>"),
    "a list": lambda _: PlainTextResponse("[]"),
    "depth": lambda _: PlainTextResponse("[" * 100_000),
    "compressed": lambda _: PlainTextResponse("{}", headers={"content-encoding": "gzip"}),
    "an error": lambda _: PlainTextResponse("{}", 500),
    "not found": lambda _: PlainTextResponse("{}", 404),
}


@pytest.mark.parametrize("name", DISCOVERIES)
async def test_discovery_that_misbehaves_costs_three_seconds_at_most(
    served: ServedAuth, acme: OpenIdProvider, name: str
) -> None:
    acme.discover = DISCOVERIES[name]

    async with asyncio.timeout(5):
        answer = await served.browser().post_json("/api/auth/oidc/acme/start", {})

    assert (answer.status_code, answer.json()["code"]) == (503, "sign_in_provider_unavailable")
    assert await served.auth.database.fetch("SELECT FROM oidc_states") == []


METADATA: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://evil.example"},
    "no issuer": {"issuer": None},
    "a token endpoint in the network around": {"token_endpoint": "https://10.0.0.7/token"},
    "keys at the metadata service of clouds": {"jwks_uri": "http://169.254.169.254/keys"},
    "keys by plain http": {"jwks_uri": "http://example.org/keys"},
    "keys in a file": {"jwks_uri": "file:///etc/passwd"},
    "a wrapped private address": {"userinfo_endpoint": "https://[::ffff:192.168.0.1]/"},
    "an address with a name and password": {"token_endpoint": "https://a:b@example.org/"},
    "no authorization endpoint": {"authorization_endpoint": None},
    "a script as authorization endpoint": {"authorization_endpoint": "javascript:alert(1)"},
}


@pytest.mark.parametrize("name", METADATA)
async def test_metadata_that_leads_elsewhere_is_refused(served: ServedAuth, acme: OpenIdProvider, name: str) -> None:
    acme.change_metadata = lambda members: members | METADATA[name]

    answer = await served.browser().post_json("/api/auth/oidc/acme/start", {})

    assert (answer.status_code, answer.json()["code"]) == (503, "sign_in_provider_unavailable")


async def test_metadata_is_asked_for_once_an_hour_and_outlives_an_outage(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    for _ in range(3):
        await begin(served.browser())
    served.clock.advance(timedelta(hours=1))
    acme.discover = DISCOVERIES["an error"]

    await begin(served.browser())
    await begin(served.browser())

    assert acme.asked.count("discovery") == 2


async def test_a_provider_that_was_silent_is_not_asked_again_at_once(served: ServedAuth, acme: OpenIdProvider) -> None:
    acme.discover = DISCOVERIES["an error"]
    statuses = [(await served.browser().post_json("/api/auth/oidc/acme/start", {})).status_code for _ in range(4)]
    acme.discover = None
    served.clock.advance(timedelta(seconds=5))

    await begin(served.browser())

    assert statuses == [503] * 4
    assert acme.asked.count("discovery") == 2

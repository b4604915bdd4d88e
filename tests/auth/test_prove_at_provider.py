"""Proving at a provider who one is now: its word of a proof counts, and its silence does not."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.auth.open_id_provider import Claims, OpenIdProvider
from tests.auth.served_auth import Browser, ServedAuth, bearer
from tests.auth.served_with_providers import begin, come_back, refusals, session_of, sign_in

ENABLE = "/api/auth/2fa/enable"


@pytest.fixture
def served(beside_acme: ServedAuth) -> ServedAuth:
    return beside_acme


def told(provider: OpenIdProvider, ago: timedelta) -> Callable[[Claims], None]:
    """Let the provider say that somebody proved to it who they are that long ago."""
    return lambda claims: claims.update(auth_time=int((provider.clock.now() - ago).timestamp()))


def untold(claims: Claims) -> None:
    del claims["auth_time"]


async def enable(browser: Browser) -> int:
    return (await browser.post_json(ENABLE, **bearer(await session_of(browser)))).status_code


async def test_a_provider_that_says_nothing_of_when_proves_nothing_recent(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    acme.change_claims = untold
    browser = served.browser()

    await sign_in(browser, acme)
    first = await enable(browser)
    served.clock.advance(timedelta(minutes=30))
    await sign_in(browser, acme)  # without a question there: somebody else may sit at this desk

    assert [first, await enable(browser)] == [401, 401]


async def test_signing_in_there_anew_is_a_proof_of_now(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser = served.browser()
    await sign_in(browser, acme)
    served.clock.advance(timedelta(minutes=30))
    before = await enable(browser)

    location = await begin(browser, again=True, next="/settings/security")
    served.clock.advance(timedelta(minutes=2))
    landed = await come_back(browser, acme.approve(location))

    assert (landed.error, landed.path) == (None, "/settings/security")
    assert [before, await enable(browser)] == [401, 200]


async def test_a_clock_that_is_late_by_a_minute_is_forgiven(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser = served.browser()
    await sign_in(browser, acme)
    acme.change_claims = told(acme, timedelta(seconds=60))

    landed = await come_back(browser, acme.approve(await begin(browser, again=True, next="/t/1")))

    assert (landed.error, landed.path) == (None, "/t/1")


@pytest.mark.parametrize("ago", [None, timedelta(seconds=61), timedelta(hours=8)])
async def test_asked_to_prove_it_again_a_silent_provider_or_an_old_proof_is_refused_and_said_so(
    served: ServedAuth, acme: OpenIdProvider, ago: timedelta | None
) -> None:
    browser = served.browser()
    await sign_in(browser, acme)
    served.clock.advance(timedelta(minutes=30))
    before = await session_of(browser)
    acme.change_claims = untold if ago is None else told(acme, ago)

    landed = await come_back(browser, acme.approve(await begin(browser, again=True, next="/settings/profile")))

    assert (landed.path, landed.error) == ("/settings/security", "provider_proof_too_old")
    assert (await refusals(served))[-1]["reason"] == "provider_proof_too_old"
    after = await session_of(browser)
    assert after["session_id"] == before["session_id"]  # they stay signed in as they were
    assert await enable(browser) == 401


async def test_what_was_begun_as_an_ordinary_sign_in_is_none_anew(served: ServedAuth, acme: OpenIdProvider) -> None:
    acme.change_claims = told(acme, timedelta(hours=8))
    browser = served.browser()

    landed = await sign_in(browser, acme)

    assert landed.error is None
    assert await enable(browser) == 401

"""Which account a proved person may enter: by a link, by a proved address, or none; and who loses theirs."""

import asyncio
from base64 import b32decode
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.auth.audited import rows_about
from tests.auth.authenticator import code_at
from tests.auth.open_id_provider import OpenIdProvider
from tests.auth.served_auth import PASSWORD, REFRESH_COOKIE, ServedAuth, bearer
from tests.auth.served_with_providers import (
    begin,
    come_back,
    people,
    provider_settings,
    refusals,
    served_with,
    session_of,
    sign_in,
)


@pytest.fixture
def served(beside_acme: ServedAuth) -> ServedAuth:
    return beside_acme


async def verified(served: ServedAuth, email: str) -> None:
    await served.auth.database.execute("UPDATE user_emails SET verified_at = now() WHERE email_norm = $1", email)


@pytest.mark.parametrize("mode", ["closed", "invite"])
async def test_strangers_stay_outside_where_they_may_not_join(
    database_url: str, acme: OpenIdProvider, mode: str
) -> None:
    async with served_with(database_url, [provider_settings(acme.issuer)], acme.clock, AUTH_SIGNUP=mode) as served:
        landed = await sign_in(served.browser(), acme)

        assert (landed.path, landed.error) == ("/sign-in", "identity_not_linked")
        assert await people(served) == 0
        assert (await refusals(served))[-1]["reason"] == "identity_not_linked"


async def test_a_proved_address_links_to_the_account_that_has_proved_it_too(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    _, ada = await served.person("ada@example.org")
    await verified(served, "ada@example.org")
    browser = served.browser()

    await sign_in(browser, acme, email="Ada@Example.org")

    assert (await session_of(browser))["user_id"] == ada["user_id"]
    again = await served.browser().post_json("/api/auth/login", {"email": "ada@example.org", "password": PASSWORD})
    assert again.status_code == 200


@pytest.mark.parametrize("told", ["true", 1, "yes", None, False, [True]])
async def test_an_address_that_is_not_verified_by_exactly_true_opens_nothing(
    served: ServedAuth, acme: OpenIdProvider, told: Any
) -> None:
    await served.person("ada@example.org")
    await verified(served, "ada@example.org")

    known = await sign_in(served.browser(), acme, email_verified=told)
    unknown = await sign_in(served.browser(), acme, email="nobody@example.org")

    assert (known.error, unknown.error) == ("identity_not_linked", "identity_not_linked")
    assert await people(served) == 1


@pytest.mark.parametrize("trusted", [False, ["example.com"]])
async def test_a_provider_that_is_not_trusted_for_an_address_opens_nothing_by_it(
    database_url: str, acme: OpenIdProvider, trusted: Any
) -> None:
    listed = [provider_settings(acme.issuer, trusted_for_email=trusted)]
    async with served_with(database_url, listed, acme.clock, AUTH_SIGNUP="open") as served:
        await served.person("ada@example.org")
        await verified(served, "ada@example.org")

        known = await sign_in(served.browser(), acme)
        unknown = await sign_in(served.browser(), acme, sub="x", email="nobody@example.org")

        assert (known.error, unknown.error) == ("identity_not_linked", "identity_not_linked")
        assert await people(served) == 1


async def test_whoever_registered_somebody_elses_address_before_is_out(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    thief, stolen = await served.person("ada@example.org")
    seed = b32decode((await thief.post_json("/api/auth/2fa/enable", **bearer(stolen))).json()["secret"])
    code = code_at(seed, served.clock.now())
    await thief.post_json("/api/auth/2fa/verify", {"code": code}, **bearer(stolen))
    waiting = served.browser()
    log_in = {"email": "ada@example.org", "password": PASSWORD}
    first_step = (await waiting.post_json("/api/auth/login", log_in)).json()["mfa_token"]
    victim = served.browser()

    await sign_in(victim, acme, name="Ada")

    owner = await session_of(victim)
    assert (owner["user_id"], owner["display_name"]) == (stolen["user_id"], "Ada")
    assert (await thief.post_json("/api/auth/refresh")).status_code == 401
    assert (await thief.get("/api/auth/session", headers=bearer(stolen))).status_code == 401
    assert (await served.browser().post_json("/api/auth/login", log_in)).status_code == 401
    served.clock.advance(timedelta(seconds=30))
    second_step = {"mfa_token": first_step, "code": code_at(seed, served.clock.now())}
    assert (await waiting.post_json("/api/auth/login/mfa", second_step)).status_code == 401
    status = (await victim.get("/api/auth/2fa/status", headers=bearer(owner))).json()
    assert status["enabled"] is False
    told = await rows_about(served.auth.database, UUID(owner["user_id"]), None, 20)
    taken = next(row for row in told if row.type == "account.taken_over")
    assert '"password_removed": true' in taken.data
    assert '"second_factor_removed": true' in taken.data
    assert '"sessions_ended": 1' in taken.data
    assert "session.revoked" in {row.type for row in told}


async def test_a_password_that_is_being_checked_while_the_owner_takes_over_opens_nothing(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    await served.person("ada@example.org")
    log_in = {"email": "ada@example.org", "password": PASSWORD}
    victim, thieves = served.browser(), [served.browser() for _ in range(6)]
    brought = acme.approve(await begin(victim))

    async def steal() -> set[int]:
        answers = await asyncio.gather(*(thief.post_json("/api/auth/login", log_in) for thief in thieves))
        return {answer.status_code for answer in answers}

    _, statuses = await asyncio.gather(come_back(victim, brought), steal())

    await session_of(victim)
    assert statuses <= {200, 401}
    assert [(await thief.post_json("/api/auth/refresh")).status_code for thief in thieves] == [401] * 6


async def test_the_account_of_an_administrator_is_never_taken_over(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser, _ = await served.claimed(email="ada@example.org")

    landed = await sign_in(served.browser(), acme)

    assert landed.error == "identity_not_linked"
    assert (await browser.post_json("/api/auth/refresh")).status_code == 200


async def test_a_suspended_account_stays_closed(served: ServedAuth, acme: OpenIdProvider) -> None:
    await sign_in(served.browser(), acme)
    await served.auth.database.execute("UPDATE users SET status = 'suspended'")
    browser = served.browser()

    landed = await sign_in(browser, acme)

    assert landed.error == "identity_not_linked"
    assert REFRESH_COOKIE not in browser.cookies

"""What a browser brings back from a provider: good once, in one browser, for one provider."""

import asyncio
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from tests.auth.open_id_provider import (
    OpenIdProvider,
    open_id_provider,
)
from tests.auth.served_auth import REFRESH_COOKIE, ServedAuth
from tests.auth.served_with_providers import (
    begin,
    come_back,
    nothing_came_of,
    people,
    provider_settings,
    refusals,
    served_with,
    session_of,
)
from tests.frozen_clock import FrozenClock


@pytest.fixture
def served(beside_acme: ServedAuth) -> ServedAuth:
    return beside_acme


async def test_a_callback_works_once_also_when_it_comes_ten_times_at_once(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    browser = served.browser()
    brought = acme.approve(await begin(browser))

    landed = await asyncio.gather(*(come_back(browser, brought) for _ in range(10)))

    assert sorted(each.error or "" for each in landed) == ["", *["provider_sign_in_expired"] * 9]
    assert acme.asked.count("token") == 1


async def test_two_callbacks_of_a_newcomer_at_once_make_one_account(served: ServedAuth, acme: OpenIdProvider) -> None:
    browsers = [served.browser() for _ in range(4)]
    brought = [acme.approve(await begin(browser)) for browser in browsers]

    await asyncio.gather(*(come_back(browser, each) for browser, each in zip(browsers, brought, strict=True)))

    assert len({(await session_of(browser))["user_id"] for browser in browsers}) == 1
    assert await people(served) == 1


async def test_a_callback_in_another_browser_is_refused(served: ServedAuth, acme: OpenIdProvider) -> None:
    thief, victim = served.browser(), served.browser()
    brought = acme.approve(await begin(thief))
    await begin(victim)

    landed = [await come_back(each, brought) for each in (victim, served.browser())]

    assert [each.error for each in landed] == ["provider_sign_in_expired"] * 2
    assert REFRESH_COOKIE not in victim.cookies
    assert "token" not in acme.asked


async def test_a_callback_after_ten_minutes_is_refused(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser = served.browser()
    brought = acme.approve(await begin(browser))
    served.clock.advance(timedelta(minutes=10))

    assert (await come_back(browser, brought)).error == "provider_sign_in_expired"


async def test_two_tabs_may_sign_in_at_once(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser = served.browser()
    first, second = await begin(browser), await begin(browser)

    landed = [await come_back(browser, acme.approve(first))]
    await begin(browser)
    landed.append(await come_back(browser, acme.approve(second)))

    assert [each.error for each in landed] == [None, "provider_sign_in_expired"]


async def test_somebody_elses_code_in_ones_own_sign_in_is_refused(served: ServedAuth, acme: OpenIdProvider) -> None:
    thief, victim = served.browser(), served.browser()
    stolen = acme.approve(await begin(victim))
    own = acme.approve(await begin(thief))

    landed = await come_back(thief, own | {"code": stolen["code"]})

    await nothing_came_of(served, thief, landed)
    assert (await refusals(served))[-1]["reason"] == "code"


@pytest.mark.parametrize("brought", [{"error": "access_denied"}, {"error": "login_required"}])
async def test_a_no_at_the_provider_is_told_as_such(
    served: ServedAuth, acme: OpenIdProvider, brought: dict[str, str]
) -> None:
    browser = served.browser()
    approved = acme.approve(await begin(browser))

    landed = await come_back(browser, {"state": approved["state"], "iss": acme.issuer} | brought)

    assert landed.error == "provider_sign_in_cancelled"


@pytest.mark.parametrize("lost", ["code", "state", "iss"])
async def test_a_callback_that_lacks_something_is_refused(served: ServedAuth, acme: OpenIdProvider, lost: str) -> None:
    browser = served.browser()
    brought = acme.approve(await begin(browser))
    del brought[lost]

    landed = await come_back(browser, brought)

    assert landed.error in ("provider_sign_in_refused", "provider_sign_in_expired")
    assert "token" not in acme.asked


async def test_a_parameter_that_comes_twice_is_refused(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser = served.browser()
    brought = acme.approve(await begin(browser))
    path = "/api/auth/oidc/acme/callback"
    twice = urlencode([*brought.items(), ("code", "another")])

    answer = await browser.get(f"{path}?{twice}")

    assert answer.headers["location"] == "/sign-in#oidc_error=provider_sign_in_refused"


async def test_nonsense_lands_on_a_page_too(served: ServedAuth) -> None:
    browser = served.browser()
    for query in ("", "?state=%00&code=%00", "?" + "x=1&" * 500, "?state=" + "a" * 5000, "?iss=%ff&state=%ff"):
        answer = await browser.get(f"/api/auth/oidc/acme/callback{query}")
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in#oidc_error=provider_sign_in_")


async def test_one_providers_answer_is_worth_nothing_at_anothers_door(database_url: str) -> None:
    clock = FrozenClock()
    async with open_id_provider(clock) as honest, open_id_provider(clock) as evil:
        listed = [
            provider_settings(honest.issuer),
            provider_settings(evil.issuer, id="evil", label="Evil", trusted_for_email=False),
        ]
        async with served_with(database_url, listed, clock, AUTH_SIGNUP="open") as served:
            browser = served.browser()
            at_honest = honest.approve(await begin(browser))
            at_evil = evil.approve(await begin(browser, "evil"))

            swapped = await come_back(browser, at_honest, "evil")
            mixed_up = await come_back(browser, at_evil | {"code": at_honest["code"], "iss": honest.issuer}, "evil")

            assert swapped.error == "provider_sign_in_expired"
            last = (await refusals(served))[-1]
            assert (mixed_up.error, last["reason"]) == ("provider_sign_in_refused", "iss")
            assert "token" not in evil.asked + honest.asked
            assert await people(served) == 0


async def test_the_same_subject_at_two_providers_is_two_people(database_url: str) -> None:
    clock = FrozenClock()
    async with open_id_provider(clock) as one, open_id_provider(clock) as two:
        listed = [provider_settings(one.issuer), provider_settings(two.issuer, id="two")]
        async with served_with(database_url, listed, clock, AUTH_SIGNUP="open") as served:
            ada, bob = served.browser(), served.browser()
            await come_back(ada, one.approve(await begin(ada)))
            await come_back(bob, two.approve(await begin(bob, "two"), email="bob@example.org"), "two")

            assert (await session_of(ada))["user_id"] != (await session_of(bob))["user_id"]

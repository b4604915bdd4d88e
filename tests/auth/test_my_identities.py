"""Linking accounts at providers to one's own, and an end to it: by oneself only, proved anew, never the last way in."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from emergence.kernel.ids import new_id
from tests.auth.audited import rows_about
from tests.auth.open_id_provider import OpenIdProvider
from tests.auth.served_auth import Browser, ServedAuth, bearer
from tests.auth.served_with_providers import Landed, come_back, refusals, session_of, sign_in

PATH = "/api/auth/identities"


@pytest.fixture
def served(beside_acme: ServedAuth) -> ServedAuth:
    return beside_acme


async def link(browser: Browser, signed_in: dict[str, Any], provider: OpenIdProvider, **person: Any) -> Landed:
    answer = await browser.post_json(PATH, {"provider": "acme"}, **bearer(signed_in))
    assert answer.status_code == 200, answer.text
    assert "prompt=select_account" in answer.json()["location"]
    return await come_back(browser, provider.approve(answer.json()["location"], **person))


async def identities(browser: Browser, signed_in: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await browser.get(PATH, headers=bearer(signed_in))).json()
    return found


async def test_a_linked_account_signs_in(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser, ada = await served.claimed()

    landed = await link(browser, ada, acme, email="private@example.com", email_verified=False)

    assert (landed.path, landed.told) == ("/settings/security", {"oidc_linked": ["acme"]})
    found = await identities(browser, ada)
    assert found["has_password"] is True
    assert [(each["provider"], each["label"], each["email"]) for each in found["identities"]] == [
        ("acme", "Acme", "private@example.com")
    ]
    elsewhere = served.browser()
    await sign_in(elsewhere, acme)
    assert (await session_of(elsewhere))["user_id"] == ada["user_id"]
    rows = await rows_about(served.auth.database, UUID(ada["user_id"]), None, 9)
    assert "account.identity_linked" in [row.type for row in rows]


async def test_linking_twice_changes_nothing(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser, ada = await served.claimed()

    landed = [await link(browser, ada, acme) for _ in range(2)]

    assert [each.error for each in landed] == [None, None]
    assert len((await identities(browser, ada))["identities"]) == 1


async def test_what_signs_somebody_else_in_is_not_linked(served: ServedAuth, acme: OpenIdProvider) -> None:
    first, ada = await served.claimed()
    await link(first, ada, acme)
    second, bob = await served.person("bob@example.org")

    landed = await link(second, bob, acme)

    assert (landed.path, landed.error) == ("/settings/security", "identity_taken")
    assert (await identities(second, bob))["identities"] == []
    last = (await refusals(served))[-1]
    assert (last["type"], last["reason"]) == ("account.identity_linked", "identity_taken")


async def test_linking_asks_again_who_one_is_after_ten_minutes(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    served.clock.advance(timedelta(minutes=11))
    ada = (await browser.post_json("/api/auth/refresh")).json()

    answer = await browser.post_json(PATH, {"provider": "acme"}, **bearer(ada))

    assert answer.json()["code"] == "insufficient_user_authentication"


async def test_nobody_links_without_being_signed_in_or_after_signing_out(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    browser, ada = await served.claimed()
    anonymous = await served.browser().post_json(PATH, {"provider": "acme"})
    location = (await browser.post_json(PATH, {"provider": "acme"}, **bearer(ada))).json()["location"]
    brought = acme.approve(location)
    await browser.post_json("/api/auth/my-sessions/revoke-all", **bearer(ada))

    landed = await come_back(browser, brought)

    assert anonymous.status_code == 401
    assert landed.error == "login_session_ended"
    assert await served.auth.database.fetch("SELECT FROM identities") == []


async def test_somebody_elses_link_is_not_finished_in_ones_own_browser(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    thief, mallory = await served.person("mallory@example.org")
    location = (await thief.post_json(PATH, {"provider": "acme"}, **bearer(mallory))).json()["location"]
    victim, _ = await served.person("ada@example.org")

    landed = await come_back(victim, acme.approve(location))

    assert landed.error == "provider_sign_in_expired"
    assert await served.auth.database.fetch("SELECT FROM identities") == []


async def test_an_unlinked_account_signs_in_no_more_and_what_it_opened_ends(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    browser, ada = await served.claimed()
    await link(browser, ada, acme)
    elsewhere = served.browser()
    await sign_in(elsewhere, acme)
    listed = (await identities(browser, ada))["identities"]

    answer = await browser.delete(f"{PATH}/{listed[0]['id']}", headers=JSON | bearer(ada))

    assert answer.status_code == 204
    assert (await elsewhere.post_json("/api/auth/refresh")).status_code == 401
    assert (await browser.post_json("/api/auth/refresh")).status_code == 200
    assert (await sign_in(served.browser(), acme)).error == "identity_not_linked"
    rows = await rows_about(served.auth.database, UUID(ada["user_id"]), None, 9)
    assert "account.identity_unlinked" in [row.type for row in rows]


JSON = {"content-type": "application/json"}


async def test_the_last_way_in_stays(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser = served.browser()
    await sign_in(browser, acme)
    ada = await session_of(browser)
    found = await identities(browser, ada)

    answer = await browser.delete(f"{PATH}/{found['identities'][0]['id']}", headers=JSON | bearer(ada))

    assert found["has_password"] is False
    assert (answer.status_code, answer.json()["code"]) == (409, "last_way_in")
    assert (await identities(browser, ada))["identities"] == found["identities"]


async def test_nobody_sees_or_unlinks_what_is_somebody_elses(served: ServedAuth, acme: OpenIdProvider) -> None:
    first, ada = await served.claimed()
    await link(first, ada, acme)
    identity = (await identities(first, ada))["identities"][0]["id"]
    second, bob = await served.person("bob@example.org")

    answers = [await second.delete(f"{PATH}/{each}", headers=JSON | bearer(bob)) for each in (identity, new_id())]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "unknown_identity")] * 2
    assert (await identities(second, bob))["identities"] == []
    assert len((await identities(first, ada))["identities"]) == 1


async def test_unlinking_asks_again_who_one_is_and_only_our_own_page(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser, ada = await served.claimed()
    await link(browser, ada, acme)
    identity = (await identities(browser, ada))["identities"][0]["id"]
    foreign = await browser.delete(f"{PATH}/{identity}", headers=JSON | bearer(ada) | {"sec-fetch-site": "cross-site"})
    served.clock.advance(timedelta(minutes=11))
    ada = (await browser.post_json("/api/auth/refresh")).json()

    late = await browser.delete(f"{PATH}/{identity}", headers=JSON | bearer(ada))

    assert (foreign.status_code, late.json()["code"]) == (403, "insufficient_user_authentication")

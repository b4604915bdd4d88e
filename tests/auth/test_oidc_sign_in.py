"""Signing in with an OpenID provider: who gets in, into which account, and who does not."""

from base64 import b32decode
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from emergence.kernel.metrics import metrics_text
from tests.auth.audited import rows_about
from tests.auth.authenticator import code_at
from tests.auth.open_id_provider import OpenIdProvider
from tests.auth.served_auth import REFRESH_COOKIE, ServedAuth, auth_environ, bearer, served_auth
from tests.auth.served_with_providers import (
    STATE_COOKIE,
    begin,
    come_back,
    people,
    provider_settings,
    refusals,
    served_with,
    session_of,
    sign_in,
)
from tests.frozen_clock import FrozenClock


@pytest.fixture
def served(beside_acme: ServedAuth) -> ServedAuth:
    return beside_acme


async def test_a_newcomer_gets_an_account_and_a_session_where_everybody_may_join(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    browser = served.browser()
    location = await begin(browser, next="/t/01?x=1#y")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    landed = await come_back(browser, acme.approve(location, name="Ada\nLovelace"))

    assert asked["tenant"] == "1"
    assert asked["redirect_uri"] == "http://127.0.0.1:8080/api/auth/oidc/acme/callback"
    assert asked["scope"] == "openid email profile"
    assert landed.answer.headers["location"] == "/t/01?x=1#y"
    cookie = next(each for each in landed.answer.headers.get_list("set-cookie") if each.startswith(REFRESH_COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    signed_in = await session_of(browser)
    assert (signed_in["email"], signed_in["display_name"], signed_in["role"]) == (
        "ada@example.org",
        "Ada Lovelace",
        "member",
    )
    listed = (await browser.get("/api/auth/my-sessions", headers=bearer(signed_in))).json()["sessions"]
    assert [each["methods"] for each in listed] == [["oidc"]]
    rows = await rows_about(served.auth.database, UUID(signed_in["user_id"]), None, 9)
    assert [row.type for row in rows] == ["session.login", "account.identity_linked"]


async def test_the_cookie_of_a_sign_in_is_lax_and_gone_afterwards(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser = served.browser()
    answer = await browser.post_json("/api/auth/oidc/acme/start", {})
    cookie = answer.headers["set-cookie"]

    await come_back(browser, acme.approve(answer.json()["location"]))

    assert cookie.startswith(f"{STATE_COOKIE}=")
    assert {"HttpOnly", "SameSite=lax", "Max-Age=600"} <= {part.strip() for part in cookie.split(";")}
    assert STATE_COOKIE not in browser.cookies


async def test_over_https_the_cookie_has_the_host_prefix(database_url: str, acme: OpenIdProvider) -> None:
    url = "https://chat.example.org"
    listed = [provider_settings(acme.issuer)]
    async with served_with(database_url, listed, acme.clock, EMERGENCE_PUBLIC_URL=url) as served:
        answer = await served.browser(url=url).post_json("/api/auth/oidc/acme/start", {})

    assert answer.headers["set-cookie"].startswith("__Host-emg_oidc=")
    assert {"Secure", "Path=/"} <= {part.strip() for part in answer.headers["set-cookie"].split(";")}
    assert "https%3A%2F%2Fchat.example.org%2Fapi%2Fauth%2Foidc%2Facme%2Fcallback" in answer.json()["location"]


async def test_the_second_time_it_is_the_same_account_whatever_the_address_is_by_then(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    first, second = served.browser(), served.browser()
    await sign_in(first, acme)

    await sign_in(second, acme, email="new@example.org", email_verified=False)

    assert (await session_of(first))["user_id"] == (await session_of(second))["user_id"]
    assert await people(served) == 1


async def test_two_people_have_two_accounts(served: ServedAuth, acme: OpenIdProvider) -> None:
    ada, bob = served.browser(), served.browser()
    await sign_in(ada, acme)
    await sign_in(bob, acme, sub="bob-1", email="bob@example.org")

    assert (await session_of(ada))["user_id"] != (await session_of(bob))["user_id"]


async def test_the_second_factor_is_asked_after_the_provider_too(served: ServedAuth, acme: OpenIdProvider) -> None:
    first = served.browser()
    await sign_in(first, acme)
    signed_in = await session_of(first)
    seed = b32decode((await first.post_json("/api/auth/2fa/enable", **bearer(signed_in))).json()["secret"])
    await first.post_json("/api/auth/2fa/verify", {"code": code_at(seed, served.clock.now())}, **bearer(signed_in))
    served.clock.advance(timedelta(seconds=30))
    browser = served.browser()

    landed = await come_back(browser, acme.approve(await begin(browser, next="/settings")))

    assert (landed.path, landed.query) == ("/sign-in", {"next": ["/settings"]})
    assert REFRESH_COOKIE not in browser.cookies
    token = landed.told["oidc_handover"][0]
    needed = (await browser.post_json("/api/auth/oidc/handover", {"token": token})).json()
    assert (await browser.post_json("/api/auth/oidc/handover", {"token": token})).json()["code"] == "sign_in_expired"
    assert (needed["mfa_required"], needed["expires_in"]) == (True, 300)
    body = {"mfa_token": needed["mfa_token"], "code": code_at(seed, served.clock.now())}
    entered = await browser.post_json("/api/auth/login/mfa", body)
    assert entered.status_code == 200, entered.text
    listed = (await browser.get("/api/auth/my-sessions", headers=bearer(entered.json()))).json()["sessions"]
    assert next(each["methods"] for each in listed if each["is_current"]) == ["oidc", "otp", "mfa"]


async def test_the_token_in_the_address_is_over_after_a_minute_and_no_second_factor(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    first = served.browser()
    await sign_in(first, acme)
    signed_in = await session_of(first)
    seed = b32decode((await first.post_json("/api/auth/2fa/enable", **bearer(signed_in))).json()["secret"])
    await first.post_json("/api/auth/2fa/verify", {"code": code_at(seed, served.clock.now())}, **bearer(signed_in))
    browser = served.browser()
    token = (await sign_in(browser, acme)).told["oidc_handover"][0]
    served.clock.advance(timedelta(seconds=61))

    as_first_step = {"mfa_token": token, "code": code_at(seed, served.clock.now())}
    assert (await browser.post_json("/api/auth/login/mfa", as_first_step)).status_code == 401
    assert (await browser.post_json("/api/auth/oidc/handover", {"token": token})).status_code == 401


async def test_an_address_that_only_userinfo_tells_is_asked_there(served: ServedAuth, acme: OpenIdProvider) -> None:
    acme.in_id_token = False
    browser = served.browser()

    await sign_in(browser, acme)

    assert (await session_of(browser))["email"] == "ada@example.org"
    assert acme.asked.count("userinfo") == 1


async def test_userinfo_about_somebody_else_is_refused(served: ServedAuth, acme: OpenIdProvider) -> None:
    acme.in_id_token, acme.userinfo_sub = False, "mallory"

    landed = await sign_in(served.browser(), acme)

    assert (landed.error, await people(served)) == ("provider_sign_in_refused", 0)


async def test_a_provider_that_takes_the_secret_in_the_form_gets_it_there(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    acme.change_metadata = lambda members: members | {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    browser = served.browser()

    await sign_in(browser, acme)

    await session_of(browser)


async def test_signing_in_long_ago_at_the_provider_is_no_proof_of_now(served: ServedAuth, acme: OpenIdProvider) -> None:
    long_ago = int((served.clock.now() - timedelta(hours=3)).timestamp())
    acme.change_claims = lambda claims: claims.update(auth_time=long_ago)
    browser = served.browser()
    await sign_in(browser, acme)

    answer = await browser.post_json("/api/auth/2fa/enable", **bearer(await session_of(browser)))

    assert answer.json()["code"] == "insufficient_user_authentication"
    location = await begin(browser, again=True)
    assert {"prompt=login", "max_age=0"} <= set(urlsplit(location).query.split("&"))


async def test_the_sign_in_screen_learns_the_providers_and_no_secret(served: ServedAuth) -> None:
    answer = await served.browser().get("/api/auth/setup")

    assert answer.json()["providers"] == [{"id": "acme", "label": "Acme"}]
    assert "s3cret" not in answer.text


@pytest.mark.parametrize("next_", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", ""])
async def test_nobody_is_sent_elsewhere_afterwards(served: ServedAuth, next_: str) -> None:
    answer = await served.browser().post_json("/api/auth/oidc/acme/start", {"next": next_})

    assert answer.status_code == 422


async def test_nothing_of_a_sign_in_is_readable_in_the_database(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser = served.browser()
    location = await begin(browser)
    asked = parse_qs(urlsplit(location).query)
    secrets = [asked["state"][0], asked["nonce"][0], browser.cookies[STATE_COOKIE]]
    brought = acme.approve(location)
    await come_back(browser, brought)

    tables = ("oidc_states", "identities", "identity_sessions", "one_time_tokens", "audit_log", "sessions")
    rows = [str(dict(row)) for name in tables for row in await served.auth.database.fetch(f"TABLE {name}")]
    assert not [secret for secret in [*secrets, brought["code"]] if secret in " ".join(rows)]


async def test_a_provider_that_is_down_stops_no_start_and_no_password(database_url: str, free_port: int) -> None:
    listed = [provider_settings(f"http://127.0.0.1:{free_port}")]
    async with served_with(database_url, listed, FrozenClock()) as served:
        browser, _ = await served.claimed()
        answer = await served.browser().post_json("/api/auth/oidc/acme/start", {})

        assert (answer.status_code, answer.json()["code"]) == (503, "sign_in_provider_unavailable")
        assert (await browser.post_json("/api/auth/refresh")).status_code == 200


async def test_an_unknown_provider_is_told(served: ServedAuth) -> None:
    answer = await served.browser().post_json("/api/auth/oidc/nobody/start", {})
    landed = await come_back(served.browser(), {"code": "x", "state": "y"}, "nobody")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_sign_in_provider")
    assert (landed.path, landed.error) == ("/sign-in", "unknown_sign_in_provider")


async def test_another_sites_page_begins_nothing(served: ServedAuth) -> None:
    answer = await served.browser().post_json("/api/auth/oidc/acme/start", {}, **{"sec-fetch-site": "cross-site"})

    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")


async def rows_of(served: ServedAuth) -> int:
    row = await served.auth.database.fetchrow("SELECT count(*) AS many FROM audit_log")
    return int(row["many"]) if row else 0


async def test_what_belongs_to_no_sign_in_fills_no_table(served: ServedAuth) -> None:
    browser, before = served.browser(), await rows_of(served)
    landed = [await come_back(browser, {"state": "invented", "code": "x"}) for _ in range(70)]

    assert [each.error for each in landed[:60]] == ["provider_sign_in_expired"] * 60
    assert landed[-1].error == "too_many_attempts"
    assert await rows_of(served) == before
    assert 'callbacks_unknown_total{reason="provider_sign_in_expired"} ' in metrics_text().decode()


async def test_without_any_provider_a_flood_of_returns_leaves_no_row(database_url: str) -> None:
    async with served_auth(auth_environ(database_url)) as served:
        await served.claimed()
        before = await rows_of(served)
        path, figure = "/api/auth/oidc/anything/callback", "callbacks_unknown_total"
        flood = [
            await served.program(f"9.9.{number % 4}.9").get(path, params={"state": "x" * number})
            for number in range(100)
        ]

        assert {answer.headers["location"] for answer in flood} == {"/sign-in#oidc_error=unknown_sign_in_provider"}
        assert await rows_of(served) == before
        assert f'{figure}{{reason="unknown_sign_in_provider"}} ' in metrics_text().decode()


async def test_a_refusal_of_a_sign_in_that_began_here_is_still_written_down(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    browser = served.browser()
    approved = acme.approve(await begin(browser))

    await come_back(browser, {"state": approved["state"], "iss": acme.issuer, "error": "server_error"})

    assert [each["reason"] for each in await refusals(served)] == ["error"]

"""Second factors and administrators: asked of them in production, and reset by them for whoever lost theirs."""

from base64 import b32decode
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest

from tests.auth.audited import rows_about
from tests.auth.authenticator import code_at
from tests.auth.passkeys.holder import holder
from tests.auth.served_auth import PASSWORD, Browser, ServedAuth, auth_environ, bearer, served_auth


async def with_second_factor(served: ServedAuth, browser: Browser, signed_in: dict[str, Any]) -> bytes:
    """Give somebody an authenticator; return its seed."""
    seed = b32decode((await browser.post_json("/api/auth/2fa/enable", **bearer(signed_in))).json()["secret"])
    body = {"code": code_at(seed, served.clock.now())}
    assert (await browser.post_json("/api/auth/2fa/verify", body, **bearer(signed_in))).status_code == 200
    return seed


async def test_somebody_who_lost_their_authenticator_signs_in_without_it_after_a_reset(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")
    await with_second_factor(served, eve_browser, eve)
    path = f"/api/auth/admin/users/{eve['user_id']}/reset-mfa"

    answers = [(await browser.post_json(path, **bearer(ada))).status_code for _ in range(2)]

    assert answers == [204, 204]
    assert (await eve_browser.get("/api/auth/session", headers=bearer(eve))).status_code == 401
    again = await eve_browser.post_json("/api/auth/login", {"email": "eve@example.org", "password": PASSWORD})
    assert again.json()["access_token"]
    rows = await rows_about(served.auth.database, UUID(eve["user_id"]), None, 10)
    assert [row.type for row in rows].count("admin.second_factor_reset") == 1


async def test_nobody_resets_their_own_second_factor_that_way_and_unknown_people_have_none(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    seed = await with_second_factor(served, browser, ada)
    served.clock.advance(timedelta(seconds=30))
    proof = {"code": code_at(seed, served.clock.now())}
    ada = (await browser.post_json("/api/auth/step-up", proof, **bearer(ada))).json()

    own = await browser.post_json(f"/api/auth/admin/users/{ada['user_id']}/reset-mfa", **bearer(ada))
    unknown = await browser.post_json(f"/api/auth/admin/users/{uuid4()}/reset-mfa", **bearer(ada))

    assert (own.status_code, unknown.status_code) == (403, 404)
    assert (await browser.get("/api/auth/2fa/status", headers=bearer(ada))).json()["enabled"] is True


async def test_where_two_factors_are_asked_for_a_password_alone_administers_nothing(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, AUTH_ADMIN_REQUIRE_MFA="1")) as served:
        browser, ada = await served.claimed()
        path = "/api/auth/admin/users"

        without = await browser.get(path, headers=bearer(ada))
        seed = await with_second_factor(served, browser, ada)
        still_without = await browser.get(path, headers=bearer(ada))
        served.clock.advance(timedelta(seconds=30))
        proof = {"code": code_at(seed, served.clock.now())}
        ada = (await browser.post_json("/api/auth/step-up", proof, **bearer(ada))).json()
        with_both = await browser.get(path, headers=bearer(ada))

    assert (without.status_code, still_without.status_code, with_both.status_code) == (401, 401, 200)
    assert (without.json()["code"], without.json()["acr_values"]) == ("insufficient_user_authentication", "2")
    assert 'acr_values="2"' in without.headers["www-authenticate"]


async def test_in_production_an_administrator_who_rests_for_half_an_hour_is_signed_out(database_url: str) -> None:
    production = {"EMERGENCE_ENV": "production", "AUTH_PUBLIC_URL": "http://127.0.0.1:8080"}
    async with served_auth(auth_environ(database_url, **production)) as served:
        browser, ada = await served.claimed()
        seed = await with_second_factor(served, browser, ada)
        served.clock.advance(timedelta(seconds=30))
        await browser.post_json("/api/auth/step-up", {"code": code_at(seed, served.clock.now())}, **bearer(ada))
        at_once = await browser.post_json("/api/auth/refresh")
        served.clock.advance(timedelta(minutes=31))
        rested = await browser.post_json("/api/auth/refresh")

    assert (at_once.status_code, rested.status_code) == (200, 401)


async def test_in_production_an_administrator_with_two_factors_is_signed_out_soon(database_url: str) -> None:
    production = {"EMERGENCE_ENV": "production", "AUTH_PUBLIC_URL": "http://127.0.0.1:8080"}
    async with served_auth(auth_environ(database_url, **production)) as served:
        browser, ada = await served.claimed()
        seed = await with_second_factor(served, browser, ada)
        served.clock.advance(timedelta(seconds=30))
        proof = {"code": code_at(seed, served.clock.now())}
        began = served.clock.now()
        ada = (await browser.post_json("/api/auth/step-up", proof, **bearer(ada))).json()
        for _ in range(29):
            served.clock.advance(timedelta(minutes=24))
            assert (await browser.post_json("/api/auth/refresh")).status_code == 200
        assert served.clock.now() - began < timedelta(hours=12)
        served.clock.advance(timedelta(minutes=29))
        after_twelve_hours = await browser.post_json("/api/auth/refresh")

        eve_browser, _ = await served.person("eve@example.org")
        served.clock.advance(timedelta(minutes=31))
        of_a_member = await eve_browser.post_json("/api/auth/refresh")

    assert (after_twelve_hours.status_code, of_a_member.status_code) == (401, 200)


async def test_an_administrators_session_without_use_ends_after_half_an_hour_in_production(database_url: str) -> None:
    production = {"EMERGENCE_ENV": "production", "AUTH_PUBLIC_URL": "http://127.0.0.1:8080"}
    async with served_auth(auth_environ(database_url, **production)) as served:
        browser, ada = await served.claimed()
        seed = await with_second_factor(served, browser, ada)
        served.clock.advance(timedelta(seconds=30))
        proof = {"code": code_at(seed, served.clock.now())}
        assert (await browser.post_json("/api/auth/step-up", proof, **bearer(ada))).status_code == 200
        served.clock.advance(timedelta(minutes=29))
        in_time = await browser.post_json("/api/auth/refresh")
        served.clock.advance(timedelta(minutes=31))
        too_late = await browser.post_json("/api/auth/refresh")

    assert (in_time.status_code, too_late.status_code) == (200, 401)


@pytest.mark.parametrize("how", ["authenticator", "passkey"])
async def test_without_the_last_factor_a_session_administers_nothing_more(database_url: str, how: str) -> None:
    async with served_auth(auth_environ(database_url, AUTH_ADMIN_REQUIRE_MFA="1")) as served:
        if how == "passkey":
            key_holder = await holder(served)
            await key_holder.step_up()
            browser, ada = key_holder.browser, key_holder.signed_in
        else:
            browser, ada = await served.claimed()
            seed = await with_second_factor(served, browser, ada)
            served.clock.advance(timedelta(seconds=30))
            proof = {"code": code_at(seed, served.clock.now())}
            ada = (await browser.post_json("/api/auth/step-up", proof, **bearer(ada))).json()
        path = "/api/auth/admin/users"
        before = (await browser.get(path, headers=bearer(ada))).status_code

        if how == "passkey":
            (passkey,) = await key_holder.listed()
            assert (await key_holder.remove(passkey["id"])).status_code == 204
        else:
            served.clock.advance(timedelta(seconds=30))
            proof = {"code": code_at(seed, served.clock.now())}
            assert (await browser.post_json("/api/auth/2fa/disable", proof, **bearer(ada))).status_code == 204
        at_once = (await browser.get(path, headers=bearer(ada))).status_code
        refreshed = (await browser.post_json("/api/auth/refresh")).json()
        after_refresh = (await browser.get(path, headers=bearer(refreshed))).status_code
        stepped = await browser.post_json("/api/auth/step-up", {"password": PASSWORD}, **bearer(refreshed))
        after_step_up = await browser.get(path, headers=bearer(stepped.json()))

        assert (before, at_once, after_refresh) == (200, 401, 401)
        assert (stepped.status_code, after_step_up.status_code) == (200, 401)
        assert after_step_up.json()["acr_values"] == "2"
        assert unverified_claims(refreshed["access_token"])["acr"] == "1"
        assert "mfa" not in unverified_claims(stepped.json()["access_token"])["amr"]
        export = await browser.post_json("/api/auth/me/export", **bearer(stepped.json()))
        assert export.status_code == 202  # what asks for the strongest that is set takes the password again


def unverified_claims(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims

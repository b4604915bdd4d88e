"""Signing out: one's own session, whatever is left to prove it with."""

from datetime import timedelta

from tests.auth.served_auth import PASSWORD, REFRESH_COOKIE, ServedAuth, bearer

ADA = {"email": "ada@example.org", "password": PASSWORD}


async def test_signing_out_ends_the_session_and_clears_the_cookie(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    token = browser.cookies[REFRESH_COOKIE]

    answer = await browser.post_json("/api/auth/logout", **bearer(signed_in))

    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert (await browser.get("/api/auth/session", headers=bearer(signed_in))).json()["code"] == "login_session_ended"
    again = await served.browser().post("/api/auth/refresh", json={}, headers={"cookie": f"{REFRESH_COOKIE}={token}"})
    assert again.json()["code"] == "login_session_ended"


async def test_signing_out_twice_or_without_any_session_is_no_error(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()

    statuses = [(await browser.post_json("/api/auth/logout", **bearer(signed_in))).status_code for _ in range(3)]

    assert statuses == [204, 204, 204]
    assert (await served.browser().post_json("/api/auth/logout")).status_code == 204


async def test_the_cookie_alone_is_enough_on_our_own_page_only(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    cookie = {"cookie": f"{REFRESH_COOKIE}={browser.cookies[REFRESH_COOKIE]}"}

    foreign = await served.program().post("/api/auth/logout", json={}, headers=cookie)
    assert foreign.status_code == 403
    assert (await browser.post_json("/api/auth/refresh")).status_code == 200
    assert (await browser.post_json("/api/auth/logout")).status_code == 204
    assert (await browser.post_json("/api/auth/refresh")).status_code == 401


async def test_a_program_signs_out_with_its_token(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()

    answer = await served.program().post_json("/api/auth/logout", **bearer(signed_in))

    assert answer.status_code == 204
    assert (await served.program().get("/api/auth/session", headers=bearer(signed_in))).status_code == 401


async def test_an_expired_token_does_not_keep_anyone_signed_in(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    served.clock.advance(timedelta(hours=1))

    assert (await browser.post_json("/api/auth/logout", **bearer(signed_in))).status_code == 204
    assert (await browser.post_json("/api/auth/refresh")).status_code == 401


async def test_other_sessions_stay(served: ServedAuth) -> None:
    first, signed_in = await served.claimed()
    second = served.browser()
    await second.post_json("/api/auth/login", ADA)

    await first.post_json("/api/auth/logout", **bearer(signed_in))

    assert (await second.post_json("/api/auth/refresh")).status_code == 200


async def test_a_forged_cookie_ends_nobodys_session(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    forged = f"rt1.{signed_in['session_id'].replace('-', '')}.0.{'A' * 43}"

    answer = await served.browser().post("/api/auth/logout", json={}, headers={"cookie": f"{REFRESH_COOKIE}={forged}"})

    assert answer.status_code == 204
    assert (await browser.post_json("/api/auth/refresh")).status_code == 200


async def test_an_access_token_opens_nothing_after_signing_out(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    await browser.post_json("/api/auth/logout", **bearer(signed_in))

    session = await browser.get("/api/auth/session", headers=bearer(signed_in))
    ticket = await browser.post_json("/api/auth/ws-ticket", **bearer(signed_in))

    assert [answer.json()["code"] for answer in (session, ticket)] == ["login_session_ended"] * 2

"""The refresh state machine: one live generation, a short grace, no forks, theft ends the family."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2

from tests.auth.served_auth import DEVICE_COOKIE, REFRESH_COOKIE, ServedAuth, auth_environ, bearer, served_auth


async def refresh_with(
    served: ServedAuth, token: str | None, cookie: str = REFRESH_COOKIE, *, device: str = ""
) -> httpx2.Response:
    headers = {} if token is None else {"cookie": f"{cookie}={token}; {DEVICE_COOKIE}={device}"}
    return await served.browser().post("/api/auth/refresh", json={}, headers=headers)


def cookie_of(answer: httpx2.Response) -> str:
    return answer.headers["set-cookie"].partition("=")[2].partition(";")[0]


async def revocations(served: ServedAuth) -> list[Any]:
    return list(await served.auth.database.fetch("SELECT revoke_reason FROM sessions WHERE revoked_at IS NOT NULL"))


async def test_a_refresh_hands_out_a_new_token_and_a_new_cookie(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    first = browser.cookies[REFRESH_COOKIE]

    answer = await browser.post_json("/api/auth/refresh")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["access_token"] != signed_in["access_token"]
    assert cookie_of(answer) != first
    assert "refresh" not in answer.text
    for attribute in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=604800"):
        assert attribute in answer.headers["set-cookie"]
    assert "Secure" not in answer.headers["set-cookie"]


async def test_behind_https_the_cookie_is_bound_to_the_host(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, EMERGENCE_PUBLIC_URL="https://chat.example.org")) as served:
        _, _ = await served.claimed()
        answer = await served.browser().post_json(
            "/api/auth/login", {"email": "ada@example.org", "password": "correct horse battery staple"}
        )

        assert answer.headers["set-cookie"].startswith("__Host-emg_rt=rt1.")
        assert "Secure" in answer.headers["set-cookie"]
        assert "Domain" not in answer.headers["set-cookie"]
        assert (await refresh_with(served, cookie_of(answer))).status_code == 401
        assert (await refresh_with(served, cookie_of(answer), "__Host-emg_rt")).status_code == 200


async def test_a_lost_reply_can_be_asked_for_again(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    first, device = browser.cookies[REFRESH_COOKIE], browser.cookies[DEVICE_COOKIE]
    served.clock.advance(timedelta(minutes=4))  # the grace begins with the refresh, not with the session

    successor = cookie_of(await refresh_with(served, first))
    served.clock.advance(timedelta(seconds=10))
    again = await refresh_with(served, first, device=device)

    assert cookie_of(again) == successor
    assert (await refresh_with(served, successor)).status_code == 200


async def test_after_the_grace_a_superseded_token_ends_the_session_for_everyone(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    first = browser.cookies[REFRESH_COOKIE]
    successor = cookie_of(await refresh_with(served, first))
    served.clock.advance(timedelta(seconds=11))

    stolen = await refresh_with(served, first)

    assert (stolen.status_code, stolen.json()["code"]) == (401, "session_reuse_detected")
    assert (await refresh_with(served, successor)).json()["code"] == "login_session_ended"
    assert [row["revoke_reason"] for row in await revocations(served)] == ["refresh_token_reused"]


async def test_the_grandparent_ends_the_session_even_within_the_grace(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    first = browser.cookies[REFRESH_COOKIE]
    await refresh_with(served, cookie_of(await refresh_with(served, first)))

    assert (await refresh_with(served, first)).json()["code"] == "session_reuse_detected"


async def test_a_browser_that_restores_sixteen_tabs_stays_signed_in(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    first, device = browser.cookies[REFRESH_COOKIE], browser.cookies[DEVICE_COOKIE]

    answers = await asyncio.gather(*(refresh_with(served, first, device=device) for _ in range(16)))

    (successor,) = {cookie_of(answer) for answer in answers if answer.status_code == 200}
    assert sorted(answer.status_code for answer in answers) == [200] * 6 + [429] * 10
    assert (await refresh_with(served, successor, device=device)).status_code == 200


async def test_whoever_copied_the_refresh_token_alone_gets_no_grace(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    eve, _ = await served.person("eve@example.org")
    first = browser.cookies[REFRESH_COOKIE]
    await browser.post_json("/api/auth/refresh")

    stolen = await refresh_with(served, first, device=eve.cookies[DEVICE_COOKIE])

    assert (stolen.status_code, stolen.json()["code"]) == (401, "session_reuse_detected")
    assert (await browser.post_json("/api/auth/refresh")).status_code == 401
    assert (await eve.post_json("/api/auth/refresh")).status_code == 200


async def test_a_session_refreshes_sixty_times_a_minute_and_keeps_its_token_beyond(database_url: str) -> None:
    environ = auth_environ(database_url)
    async with served_auth(environ) as served, served_auth(environ, served.clock) as other:
        browser, _ = await served.claimed()
        token, statuses = browser.cookies[REFRESH_COOKIE], []

        for number in range(61):
            answer = await refresh_with((served, other)[number % 2], token)
            statuses.append(answer.status_code)
            token = cookie_of(answer) if answer.status_code == 200 else token
        refused = answer
        served.clock.advance(timedelta(seconds=1))
        later = await refresh_with(served, token)

        assert statuses == [200] * 60 + [429]
        assert refused.json()["code"] == "too_many_attempts"
        assert refused.headers["ratelimit-policy"] == '"refresh";q=60;w=60'
        assert (refused.headers["ratelimit"], refused.headers["retry-after"]) == ('"refresh";r=0;t=1', "1")
        assert later.status_code == 200
        assert (await (await served.person("bob@example.org"))[0].post_json("/api/auth/refresh")).status_code == 200


async def test_invented_tokens_are_refused_and_change_nothing(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    token = browser.cookies[REFRESH_COOKIE]
    prefix, _, mac = token.rpartition(".")
    session = signed_in["session_id"].replace("-", "")
    invented = [
        None,
        "",
        "rt1",
        prefix + "." + "A" * 43,
        prefix + "." + mac[:-1],
        f"rt1.{session}.1.{mac}",
        f"rt1.{session}.00.{mac}",
        f"rt1.{session}.99999999999999999999.{mac}",
        f"rt1.{'0' * 32}.0.{mac}",
        f"rt2.{session}.0.{mac}",
        "x" * 5000,
    ]

    answers = [await refresh_with(served, text) for text in invented]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "login_session_ended")}
    assert (await refresh_with(served, token)).status_code == 200


async def test_a_session_ends_after_a_week_unused_and_after_a_month_at_the_latest(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    for _ in range(5):
        served.clock.advance(timedelta(days=6, hours=23))
        last = await browser.post_json("/api/auth/refresh")

    assert last.status_code == 401
    other, _ = await _signed_in_again(served)
    served.clock.advance(timedelta(days=7))
    assert (await other.post_json("/api/auth/refresh")).json()["code"] == "login_session_ended"


async def _signed_in_again(served: ServedAuth) -> tuple[Any, Any]:
    browser = served.browser()
    body = {"email": "ada@example.org", "password": "correct horse battery staple"}
    return browser, await browser.post_json("/api/auth/login", body)


async def test_a_suspended_person_gets_no_new_token(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    await served.auth.database.execute("UPDATE users SET status = 'suspended'")

    assert (await browser.post_json("/api/auth/refresh")).json()["code"] == "login_session_ended"


async def test_a_new_role_arrives_with_the_next_token(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    await served.auth.database.execute("UPDATE users SET role = 'guest'")

    assert (await browser.post_json("/api/auth/refresh")).json()["role"] == "guest"


async def test_other_sites_cannot_refresh(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    token = browser.cookies[REFRESH_COOKIE]
    cookie = {"cookie": f"{REFRESH_COOKIE}={token}"}
    program = served.program()

    refused = [
        await program.post("/api/auth/refresh", json={}, headers=cookie),
        await program.post("/api/auth/refresh", json={}, headers=cookie | {"origin": "https://evil.example"}),
        await program.post("/api/auth/refresh", json={}, headers=cookie | {"origin": "null"}),
        await program.post("/api/auth/refresh", json={}, headers=cookie | {"sec-fetch-site": "cross-site"}),
        await program.post("/api/auth/refresh", data={"a": "b"}, headers=cookie | {"sec-fetch-site": "same-origin"}),
        await program.post(
            "/api/auth/refresh",
            json={},
            headers=cookie | {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8080"},
        ),
    ]
    accepted = await program.post("/api/auth/refresh", json={}, headers=cookie | {"origin": "http://127.0.0.1:8080"})

    assert {answer.json()["code"] for answer in refused} == {"cross_site_request"}
    assert accepted.status_code == 200


async def test_a_program_without_a_cookie_is_told_that_it_is_not_signed_in(served: ServedAuth) -> None:
    answer = await served.program().post_json("/api/auth/refresh")
    from_elsewhere = await served.program().post_json("/api/auth/refresh", origin="https://evil.example")
    signed_out = await served.program().post_json("/api/auth/logout")

    assert (answer.status_code, answer.json()["code"]) == (401, "login_session_ended")
    assert (from_elsewhere.status_code, from_elsewhere.json()["code"]) == (403, "cross_site_request")
    assert signed_out.status_code == 204


async def test_a_program_with_the_cookie_is_told_to_name_the_origin(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    cookie = {"cookie": f"{REFRESH_COOKIE}={browser.cookies[REFRESH_COOKIE]}"}

    answer = await served.program().post_json("/api/auth/refresh", **cookie)

    assert answer.status_code == 403
    assert answer.json()["detail"] == "Beside the cookie, send the header Origin with the address of this server."


async def test_a_revocation_is_published_with_it(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()

    assert (await browser.post_json("/api/auth/logout", **bearer(signed_in))).status_code == 204

    async with asyncio.timeout(10):
        while not (published := await _published(served)):  # noqa: ASYNC110 - the bus is another party's
            await asyncio.sleep(0.02)
    assert published == ["auth.login_session_revoked.v1"]


async def _published(served: ServedAuth) -> list[str]:
    found = await served.auth.database.fetchrow("SELECT to_regclass('bus.events') IS NOT NULL AS is_there")
    if found is None or not found["is_there"]:
        return []
    return [row["name"] for row in await served.auth.database.fetch("SELECT name FROM bus.events")]

"""Where somebody is signed in, and an end to it: one, the others, all; never anybody else's."""

from typing import Any

from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, Browser, ServedAuth, bearer

LOG_IN = {"email": ADMINISTRATOR["email"], "password": PASSWORD}


async def sessions(browser: Browser, signed_in: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await browser.get("/api/auth/my-sessions", headers=bearer(signed_in))
    assert answer.status_code == 200
    listed: list[dict[str, Any]] = answer.json()["sessions"]
    return listed


async def another(served: ServedAuth, agent: str) -> tuple[Browser, dict[str, Any]]:
    browser = served.browser()
    browser.headers["user-agent"] = agent
    answer = await browser.post_json("/api/auth/login", LOG_IN)
    return browser, answer.json()


async def is_alive(browser: Browser, signed_in: dict[str, Any]) -> bool:
    alive = (await browser.get("/api/auth/session", headers=bearer(signed_in))).status_code == 200
    assert ((await browser.post_json("/api/auth/refresh")).status_code == 200) is alive
    return alive


async def test_every_place_is_listed_with_what_is_known_of_it(served: ServedAuth) -> None:
    browser, here = await served.claimed()
    await another(served, "Telephone/1")

    listed = await sessions(browser, here)

    assert [(each["agent"], each["is_current"]) for each in listed if each["agent"] == "Telephone/1"] == [
        ("Telephone/1", False)
    ]
    assert [each["id"] for each in listed if each["is_current"]] == [here["session_id"]]
    assert {each["network"] for each in listed} == {"127.0.0.0/24"}
    assert {tuple(each["methods"]) for each in listed} == {("pwd",)}


async def test_one_is_ended_and_the_others_live(served: ServedAuth) -> None:
    browser, here = await served.claimed()
    phone, there = await another(served, "Telephone/1")

    answer = await browser.post_json(f"/api/auth/my-sessions/{there['session_id']}/revoke", **bearer(here))

    assert answer.status_code == 204
    assert not await is_alive(phone, there)
    assert await is_alive(browser, here)
    assert len(await sessions(browser, here)) == 1


async def test_the_others_are_ended_and_this_one_lives(served: ServedAuth) -> None:
    browser, here = await served.claimed()
    places = [await another(served, f"Place/{number}") for number in range(3)]

    answer = await browser.post_json("/api/auth/my-sessions/revoke-others", **bearer(here))

    assert answer.json() == {"revoked": 3}
    assert [await is_alive(*place) for place in places] == [False] * 3
    assert await is_alive(browser, here)


async def test_all_are_ended_this_one_too(served: ServedAuth) -> None:
    browser, here = await served.claimed()
    phone, there = await another(served, "Telephone/1")

    answer = await browser.post_json("/api/auth/my-sessions/revoke-all", **bearer(here))

    assert answer.json() == {"revoked": 2}
    assert not await is_alive(browser, here)
    assert not await is_alive(phone, there)
    assert (await browser.get("/api/auth/my-sessions", headers=bearer(here))).status_code == 401


async def test_nobody_sees_or_ends_anothers_session(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")

    answer = await eve_browser.post_json(f"/api/auth/my-sessions/{ada['session_id']}/revoke", **bearer(eve))
    again = await eve_browser.post_json("/api/auth/my-sessions/revoke-others", **bearer(eve))

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_login_session")
    assert again.json() == {"revoked": 0}
    assert [each["id"] for each in await sessions(eve_browser, eve)] == [eve["session_id"]]
    assert await is_alive(browser, ada)


async def test_an_ended_one_is_unknown(served: ServedAuth) -> None:
    browser, here = await served.claimed()
    _, there = await another(served, "Telephone/1")
    path = f"/api/auth/my-sessions/{there['session_id']}/revoke"

    assert (await browser.post_json(path, **bearer(here))).status_code == 204
    assert (await browser.post_json(path, **bearer(here))).status_code == 404


async def test_long_lists_come_in_pages_that_miss_and_repeat_nothing(served: ServedAuth) -> None:
    browser, here = await served.claimed()
    await served.auth.database.execute(
        """INSERT INTO sessions (id, user_id, salt, gen, sv, rotated_at, acr, amr, auth_time, created_at, last_seen_at,
                                 idle_exp, abs_exp)
           SELECT gen_random_uuid(), user_id, salt, gen, sv, rotated_at, acr, amr, auth_time, created_at,
                  last_seen_at - make_interval(secs => n / 3), idle_exp, abs_exp
           FROM sessions, generate_series(1, 119) AS n"""
    )
    for path in ("/api/auth/my-sessions", "/api/auth/admin/sessions"):
        sizes: list[int] = []
        seen: list[str] = []
        query: dict[str, str] = {}
        while True:
            page = (await browser.get(path, params=query, headers=bearer(here))).json()
            sizes.append(len(page["sessions"]))
            seen += [each["id"] for each in page["sessions"]]
            if page["next"] is None:
                break
            query = {"before": page["next"]}
        assert (sizes, len(set(seen))) == ([50, 50, 20], 120)


async def test_a_place_that_no_page_named_is_refused(served: ServedAuth) -> None:
    browser, here = await served.claimed()
    for place in ("", "x", "2026-01-01T00:00:00~" + here["session_id"], "2026-01-01T00:00:00Z~x", "\x00", "9" * 201):
        for path in ("/api/auth/my-sessions", "/api/auth/admin/sessions"):
            answer = await browser.get(path, params={"before": place}, headers=bearer(here))
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")

"""What a refresh leaves behind: how long the new cookie lasts, and from where a stolen one came."""

from datetime import timedelta
from http.cookies import SimpleCookie
from uuid import UUID

import httpx2

from tests.auth.audited import rows_about
from tests.auth.served_auth import REFRESH_COOKIE, ServedAuth


def lifetime_of(answer: httpx2.Response) -> timedelta:
    cookie = SimpleCookie(answer.headers["set-cookie"])[REFRESH_COOKIE]
    return timedelta(seconds=int(cookie["max-age"]))


async def test_every_refresh_lets_the_cookie_last_a_week_again_until_the_month_ends(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    lifetimes: list[timedelta] = []
    for _ in range(5):
        served.clock.advance(timedelta(days=6))
        if len(lifetimes) == 4:
            served.clock.advance(timedelta(hours=-1))  # the month ends an hour from now
        lifetimes.append(lifetime_of(await browser.post_json("/api/auth/refresh")))

    assert lifetimes == [timedelta(days=7)] * 3 + [timedelta(days=6), timedelta(hours=1)]


async def test_where_a_stolen_token_came_from_is_written_down(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    stolen = browser.cookies[REFRESH_COOKIE]
    for _ in range(2):
        assert (await browser.post_json("/api/auth/refresh")).status_code == 200
    thief = served.browser(address="203.0.113.77")
    thief.cookies.set(REFRESH_COOKIE, stolen)

    answer = await thief.post_json("/api/auth/refresh", **{"user-agent": "a thief's"})

    assert answer.json()["code"] == "session_reuse_detected"
    latest = (await rows_about(served.auth.database, UUID(signed_in["user_id"]), None, 1))[0]
    assert (latest.type, latest.ip_prefix, latest.ua) == ("session.revoked", "203.0.113.0/24", "a thief's")

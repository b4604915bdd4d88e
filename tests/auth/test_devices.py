"""The browser that somebody signed in with is known again, and strangers' guesses do not reach it."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx2

from emergence.auth.sweep import sweep
from tests.auth.served_auth import DEVICE_COOKIE, PASSWORD, Browser, ServedAuth, auth_environ, bearer, served_auth

ADA = {"email": "ada@example.org", "password": PASSWORD}
BOB = {"email": "bob@example.org", "password": PASSWORD}
WRONG = {"password": "wrong"}


async def sign_in(browser: Browser, body: dict[str, str]) -> int:
    return (await browser.post_json("/api/auth/login", body)).status_code


async def flags(served: ServedAuth, user_id: str) -> list[bool]:
    """Return of each sign-in of a person, the latest last, whether it was from a new device."""
    rows = await served.auth.database.fetch(
        """SELECT data FROM audit_log JOIN audit_references ON reference = subject
           WHERE user_id = $1 AND type = 'session.login' AND outcome = 'success' ORDER BY seq""",
        user_id,
    )
    return [json.loads(row["data"]).get("new_device", False) for row in rows]


def with_device(served: ServedAuth, device: str | None, address: str = "127.0.0.1") -> Browser:
    """Return another browser that holds this device's cookie, and nothing else."""
    browser = served.browser(address)
    if device is not None:
        browser.cookies.set(DEVICE_COOKIE, device, domain="127.0.0.1")
    return browser


async def exhaust(served: ServedAuth, body: dict[str, str]) -> None:
    statuses = [await sign_in(served.browser(f"8.8.{number}.8"), body | WRONG) for number in range(12)]
    assert statuses == [401] * 10 + [429] * 2


async def test_a_sign_in_from_elsewhere_is_told_apart_from_the_first_and_from_known_ones(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    await sign_in(browser, ADA)
    await sign_in(served.browser(), ADA)
    await sign_in(browser, ADA)

    assert await flags(served, signed_in["user_id"]) == [False, False, True, False]
    rows = await served.auth.database.fetch("SELECT DISTINCT device_id FROM sessions")
    assert len(rows) == 2
    assert all(row["device_id"] is not None for row in rows)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, EMERGENCE_PUBLIC_URL="https://chat.example.org")) as served:
        await served.claimed()

        answer = await served.browser().post_json("/api/auth/login", ADA)

        (cookie,) = [each for each in answer.headers.get_list("set-cookie") if "emg_device" in each]
        name, _, rest = cookie.partition("=")
        assert name == "__Host-emg_device"
        assert {part.strip().lower() for part in rest.split(";")[1:]} == {
            "httponly",
            "secure",
            "samesite=strict",
            "path=/",
            f"max-age={400 * 86400}",
        }
        assert len(rest.partition(";")[0]) == 43


async def test_signing_out_leaves_the_device_known(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    await browser.post_json("/api/auth/logout", **bearer(signed_in))

    assert await sign_in(browser, ADA) == 200
    assert await flags(served, signed_in["user_id"]) == [False, False]


async def test_neither_strangers_nor_neighbours_keep_a_known_device_out(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    elsewhere = with_device(served, browser.cookies[DEVICE_COOKIE], "93.184.216.34")
    await exhaust(served, ADA)
    neighbour = [await sign_in(served.browser("93.184.216.34"), BOB | WRONG) for _ in range(12)]

    assert neighbour[-1] == 429
    assert await sign_in(served.browser("93.184.216.34"), ADA) == 429
    assert await sign_in(elsewhere, ADA) == 200


async def test_a_stolen_device_cookie_buys_ten_guesses_and_locks_nobody_out(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    thief = with_device(served, browser.cookies[DEVICE_COOKIE], "8.8.4.4")

    statuses = [await sign_in(thief, ADA | WRONG) for _ in range(12)]

    assert statuses == [401] * 10 + [429] * 2
    assert await sign_in(served.browser("93.184.216.34"), ADA) == 200


async def test_a_device_is_known_to_the_accounts_that_signed_in_there_only(served: ServedAuth) -> None:
    ada, _ = await served.claimed()
    _, bob = await served.person("bob@example.org")
    await exhaust(served, BOB)

    with_adas_cookie = with_device(served, ada.cookies[DEVICE_COOKIE], "8.8.4.4")
    assert await sign_in(with_adas_cookie, BOB) == 429

    await served.auth.database.execute("DELETE FROM rate_buckets")
    assert await sign_in(with_adas_cookie, BOB) == 200
    assert await flags(served, bob["user_id"]) == [False, True]


async def test_two_people_share_a_browser_without_mixing(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    _, bob = await served.person("bob@example.org")
    for days in range(4):
        served.clock.advance(timedelta(days=days))
        assert await sign_in(browser, BOB) == 200
        assert await sign_in(browser, ADA) == 200

    assert await flags(served, bob["user_id"]) == [False, True, False, False, False]
    assert await flags(served, ada["user_id"]) == [False] * 5
    rows = await served.auth.database.fetch("SELECT count(DISTINCT device_id) AS n FROM sessions GROUP BY user_id")
    assert sorted(row["n"] for row in rows) == [1, 2]


async def test_an_invented_or_malformed_cookie_is_replaced(served: ServedAuth) -> None:
    await served.claimed()
    for invented in ("a" * 43, "", "x" * 3000, "%00", '"quoted"'):
        browser = with_device(served, invented)

        answer = await browser.post_json("/api/auth/login", ADA)

        assert answer.status_code == 200
        given = [each for each in answer.headers.get_list("set-cookie") if each.startswith(DEVICE_COOKIE)]
        assert len(given) == 1
        assert invented == "" or invented not in given[0]


def device_in(answer: httpx2.Response) -> str:
    (given,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith(DEVICE_COOKIE)]
    return given.partition("=")[2].partition(";")[0]


async def test_what_the_browser_holds_changes_daily_and_a_lost_answer_loses_nothing(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    first = browser.cookies[DEVICE_COOKIE]
    served.clock.advance(timedelta(days=1))

    lost = await with_device(served, first).post_json("/api/auth/login", ADA)
    again = await with_device(served, first).post_json("/api/auth/login", ADA)
    served.clock.advance(timedelta(days=1))
    later = await with_device(served, first).post_json("/api/auth/login", ADA)
    served.clock.advance(timedelta(days=1))
    last = await with_device(served, device_in(later)).post_json("/api/auth/login", ADA)

    assert len({first, device_in(lost), device_in(later), device_in(last)}) == 4
    assert not any(each.startswith(DEVICE_COOKIE) for each in again.headers.get_list("set-cookie"))
    assert await flags(served, signed_in["user_id"]) == [False] * 5
    assert await sign_in(with_device(served, first), ADA) == 200
    assert (await flags(served, signed_in["user_id"]))[-1] is True  # two changes ago


async def test_sign_ins_at_once_in_one_browser_stay_one_device(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    await served.person("bob@example.org")
    await sign_in(browser, BOB)
    first = browser.cookies[DEVICE_COOKIE]
    served.clock.advance(timedelta(days=2))

    answers = await asyncio.gather(
        *(with_device(served, first).post_json("/api/auth/login", (ADA, BOB)[number % 2]) for number in range(8))
    )

    assert [answer.status_code for answer in answers] == [200] * 8
    changed = [each for answer in answers for each in answer.headers.get_list("set-cookie") if "device" in each]
    assert len(changed) == 1
    assert await flags(served, signed_in["user_id"]) == [False] * 5
    rows = await served.auth.database.fetch("SELECT DISTINCT hash FROM devices WHERE previous_hash <> ''")
    assert len(rows) == 1


async def test_another_password_forgets_every_other_device(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    other = served.browser()
    await sign_in(other, ADA)
    change = {"current_password": PASSWORD, "new_password": "a wholly different sentence"}
    assert (await browser.post_json("/api/auth/change-password", change, **bearer(signed_in))).status_code == 204

    after = ADA | {"password": change["new_password"]}
    assert (await sign_in(other, after), await sign_in(browser, after)) == (200, 200)
    assert await flags(served, signed_in["user_id"]) == [False, True, True, False]


async def test_a_device_is_forgotten_after_four_hundred_days(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    device = browser.cookies[DEVICE_COOKIE]
    served.clock.advance(timedelta(days=401))

    assert await sign_in(with_device(served, device), ADA) == 200
    assert await flags(served, signed_in["user_id"]) == [False, True]
    await sweep(served.auth)
    assert len(await served.auth.database.fetch("SELECT FROM devices")) == 1


async def test_a_program_without_cookies_fills_no_table(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    await served.auth.database.execute(
        """INSERT INTO devices (id, user_id, hash, trusted_at, rotated_at, last_seen_at)
           SELECT gen_random_uuid(), $1, sha256(n::text::bytea), $2::timestamptz, $2::timestamptz,
                  $2::timestamptz - interval '1 h' * n
           FROM generate_series(1, 150) AS n""",
        signed_in["user_id"],
        served.clock.now(),
    )
    await sign_in(served.program(), ADA)

    rows: Any = await served.auth.database.fetch("SELECT FROM devices")
    assert len(rows) == 100


async def test_the_table_holds_nothing_that_a_browser_could_send(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    row = await served.auth.database.fetchrow("SELECT d::text AS line FROM devices AS d")

    assert row is not None
    assert browser.cookies[DEVICE_COOKIE] not in row["line"]

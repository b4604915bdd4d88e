"""Guessing from many addresses over many instances, at one account and at all: never more than the table allows."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from tests.auth.served_auth import DEVICE_COOKIE, PASSWORD, ServedAuth, auth_environ, served_auth
from tests.frozen_clock import FrozenClock

ADA = {"email": "ada@example.org", "password": PASSWORD}
WRONG = {"password": "wrong"}
HOPS = {"AUTH_TRUSTED_HOPS": "1", "AUTH_CLAIM": "code"}


AT_HOME = {"x-forwarded-for": "8.8.4.4"}


def address(number: int) -> dict[str, str]:
    return {"x-forwarded-for": f"93.184.{number // 250}.{number % 250 + 1}"}


async def attempt(served: ServedAuth, number: int, **changes: str) -> int:
    answer = await served.browser().post_json("/api/auth/login", ADA | WRONG | changes, **address(number))
    return answer.status_code


async def checked(served: ServedAuth) -> int:
    """Return how many guesses were really compared with a hash, as the audit log has it."""
    row = await served.auth.database.fetchrow(
        "SELECT count(*) AS n FROM audit_log WHERE type = 'session.login' AND outcome = 'failure'"
    )
    assert row is not None
    number: int = row["n"]
    return number


async def test_a_hundred_and_one_guesses_over_ten_instances_from_as_many_addresses(database_url: str) -> None:
    clock, environ = FrozenClock(), auth_environ(database_url, DATABASE_POOL_SIZE="2", **HOPS)
    async with AsyncExitStack() as instances:
        fleet = [await instances.enter_async_context(served_auth(environ, clock)) for _ in range(10)]
        owner, _ = await fleet[0].claimed()
        device = owner.cookies[DEVICE_COOKIE]

        guesses = [asyncio.ensure_future(attempt(fleet[number % 10], number)) for number in range(101)]
        await asyncio.sleep(0.05)
        cookie = {"cookie": f"{DEVICE_COOKIE}={device}"}
        meanwhile = await fleet[7].browser().post_json("/api/auth/login", ADA, **cookie, **AT_HOME)
        statuses = await asyncio.gather(*guesses)
        afterwards = await fleet[3].browser().post_json("/api/auth/login", ADA, **cookie, **AT_HOME)

        assert (statuses.count(401), statuses.count(429)) == (10, 91)
        assert await checked(fleet[0]) == 10
        assert (meanwhile.status_code, afterwards.status_code) == (200, 200)
        assert await attempt(fleet[0], 200, password=PASSWORD) == 429


SPELLINGS = [
    "ren\u00e9@example.org",
    "rene\u0301@example.org",  # decomposed
    "REN\u00c9@EXAMPLE.ORG",
    "  ren\u00e9@example.org",
    "ren\u00e9@example.org\t",
    "\u00a0ren\u00e9@example.org\u2003",  # other blanks
    "Rene\u0301@Example.Org",
]


async def test_an_address_has_one_bucket_however_it_is_written(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, **HOPS)) as served:
        await served.claimed(email="Ren\u00e9@example.org")

        for spelling in SPELLINGS:
            assert await attempt(served, 240, email=spelling, password=PASSWORD) == 200
        statuses = [await attempt(served, n, email=SPELLINGS[n % len(SPELLINGS)]) for n in range(21)]

        assert statuses == [401] * 10 + [429] * 11
        assert await checked(served) == 10


async def test_a_plus_tag_is_another_address_and_guesses_nobodys_password(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, **HOPS)) as served:
        await served.claimed()

        tagged = [await attempt(served, n, email=f"ada+{n}@example.org", password=PASSWORD) for n in range(20)]

        assert tagged == [401] * 20
        assert await attempt(served, 30, password=PASSWORD) == 200


async def test_at_most_a_hundred_wrong_in_a_row_then_a_day_of_rest_and_never_a_lock(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    browser.cookies.clear()
    waits, wrong = [], 0
    stranger = served.browser("8.8.8.8")
    while wrong < 100:
        answer = await stranger.post_json("/api/auth/login", ADA | WRONG)
        if answer.status_code == 401:
            wrong += 1
        else:
            waits.append(int(answer.headers["retry-after"]))
            served.clock.advance(timedelta(seconds=waits[-1]))

    refused = await served.browser("8.8.4.4").post_json("/api/auth/login", ADA)
    served.clock.advance(timedelta(hours=23))
    still = await served.browser("8.8.4.4").post_json("/api/auth/login", ADA)
    known = await served.browser().post_json("/api/auth/login", ADA)  # the network the account was made from
    served.clock.advance(timedelta(seconds=int(still.headers["retry-after"]) + 1))
    after = await served.browser("8.8.4.4").post_json("/api/auth/login", ADA)

    assert max(waits) == 3600
    assert [refused.status_code, still.status_code, known.status_code, after.status_code] == [429, 429, 200, 200]
    assert 86_400 <= int(refused.headers["retry-after"]) <= 86_400 + 3600 + 300


async def test_an_address_guesses_a_hundred_times_a_day_however_patiently(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, **HOPS)) as served:
        statuses = []
        for number in range(130):
            served.clock.advance(timedelta(minutes=5))
            await served.auth.database.execute("DELETE FROM rate_buckets WHERE key LIKE 'login:address:%'")
            statuses.append(await attempt(served, 1, email=f"somebody{number}@example.org"))

        # ten hours and fifty minutes give back 45 of a hundred a day
        assert statuses[:100] == [401] * 100
        assert statuses.count(401) <= 145


async def test_everybody_together_guesses_a_thousand_times_in_five_minutes(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, **HOPS)) as served:
        owner, _ = await served.claimed()
        await fill_everybodys(served, 998)

        statuses = [await attempt(served, number, email=f"s{number}@example.org") for number in range(4)]
        refused = await served.browser().post_json("/api/auth/login", ADA, **address(100))
        known = await owner.post_json("/api/auth/login", ADA, **address(101))
        served.clock.advance(timedelta(seconds=30))
        later = [await attempt(served, number, email=f"t{number}@example.org") for number in range(4, 9)]

        assert statuses == [401, 401, 429, 429]
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert known.status_code == 200
        assert later == [401] * 5


async def fill_everybodys(served: ServedAuth, attempts: int) -> None:
    """Put as many attempts into the bucket of everybody as if they had just been made."""
    await served.auth.database.execute(
        "INSERT INTO rate_buckets (key, tat, spent) VALUES ('login:everybody', $1::timestamptz + $2::interval, $3)",
        served.clock.now(),
        timedelta(seconds=0.3) * attempts,
        attempts,
    )


async def test_what_an_earlier_bucket_refuses_fills_no_later_one(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, **HOPS)) as served:
        await served.claimed()
        await asyncio.gather(*(attempt(served, 1, email=f"s{number}@example.org") for number in range(30)))
        for _ in range(30):
            assert await attempt(served, 1) == 429

        rows = await served.auth.database.fetch("SELECT key, spent FROM rate_buckets")
        spent = {":".join(row["key"].split(":")[:2]): row["spent"] for row in rows}
        assert (spent["login:everybody"], spent["login:day"], spent["login:address"]) == (10, 10, 10)
        assert await attempt(served, 2, password=PASSWORD) == 200


@pytest.mark.parametrize("forwarded", ["10.1.2.3", "192.168.0.9", "fd00::1", "169.254.1.1", "not an address", ""])
async def test_private_and_malformed_addresses_share_one_bucket(database_url: str, forwarded: str) -> None:
    async with served_auth(auth_environ(database_url, **HOPS)) as served:
        for number in range(10):
            stranger = {"email": f"s{number}@example.org", "password": "wrong"}
            await served.browser().post_json("/api/auth/login", stranger, **{"x-forwarded-for": f"172.16.0.{number}"})

        answer = await served.browser().post_json(
            "/api/auth/login", {"email": "t@example.org", "password": "wrong"}, **{"x-forwarded-for": forwarded}
        )

        assert answer.status_code == 429
        assert await attempt(served, 1, email="u@example.org") == 401


async def test_an_ipv6_customer_is_one_address(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, **HOPS)) as served:
        statuses = []
        for number in range(12):
            guess = {"email": f"s{number}@example.org", "password": "wrong"}
            answer = await served.browser().post_json(
                "/api/auth/login", guess, **{"x-forwarded-for": f"2a00:1450:4001:82b::{number:x}"}
            )
            statuses.append(answer.status_code)

        assert statuses == [401] * 10 + [429] * 2


async def test_the_refusal_tells_programs_when_to_go_on_and_not_which_limit_it_was(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, **HOPS)) as served:
        await served.claimed()
        for number in range(10):
            await attempt(served, number)
            await attempt(served, 200, email=f"s{number}@example.org")

        of_account = await served.browser().post_json("/api/auth/login", ADA, **address(50))
        of_address = await served.browser().post_json("/api/auth/login", ADA | {"email": "x@y.org"}, **address(200))

        assert of_account.status_code == of_address.status_code == 429
        for answer in (of_account, of_address):
            assert answer.headers["retry-after"] == "30"
            assert answer.headers["ratelimit-policy"] == '"login";q=10;w=300'
            assert answer.headers["ratelimit"] == '"login";r=0;t=30'
        assert {**of_account.json(), "trace_id": "", "instance": ""} == {
            **of_address.json(),
            "trace_id": "",
            "instance": "",
        }

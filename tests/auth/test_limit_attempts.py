"""Guessing gets slower and slower, for an account and for an address; nobody is locked out for good."""

import asyncio
from datetime import timedelta
from ipaddress import ip_address

from emergence.auth.sweep import sweep
from emergence.contracts.auth.networks import GATEWAY, vouching
from emergence.kernel.service_tokens import ServiceTokens
from tests.auth.served_auth import PASSWORD, ServedAuth, auth_environ, served_auth

ADA = {"email": "ada@example.org", "password": PASSWORD}


def address(number: int) -> dict[str, str]:
    return {"x-forwarded-for": f"93.184.216.{number}"}


async def test_an_account_is_limited_wherever_the_guesses_come_from(database_url: str) -> None:
    environ = auth_environ(database_url, AUTH_TRUSTED_HOPS="1", AUTH_CLAIM="code")
    async with served_auth(environ) as one, served_auth(environ, one.clock) as other:
        await one.claimed()

        async def guess(number: int, spelling: str) -> int:
            served = (one, other)[number % 2]
            body = {"email": spelling, "password": f"guess {number}"}
            return (await served.browser().post_json("/api/auth/login", body, **address(number))).status_code

        spellings = ["ada@example.org", "ADA@example.org", " ada@EXAMPLE.org "]
        statuses = await asyncio.gather(*(guess(number, spellings[number % 3]) for number in range(40)))

        assert statuses.count(401) == 10
        assert statuses.count(429) == 30


async def test_behind_our_own_gateway_one_attacker_uses_up_nobody_elses_attempts(database_url: str) -> None:
    environ = auth_environ(database_url, AUTH_TRUSTED_HOPS="1", AUTH_CLAIM="code")
    async with served_auth(environ) as served:
        await served.claimed()
        gateway = ServiceTokens(environ["EMERGENCE_SERVICE_SECRET"], GATEWAY)

        async def asked(number: int, body: dict[str, str]) -> int:
            headers = {
                **address(1),
                **vouching(ip_address(f"93.184.217.{number}"), gateway, "auth"),
            }  # the same front for all
            return (await served.browser().post_json("/api/auth/login", body, **headers)).status_code

        guesses = [await asked(1, {"email": f"victim{n}@example.org", "password": "wrong"}) for n in range(12)]

        assert guesses == [401] * 10 + [429] * 2
        assert await asked(2, ADA) == 200
        assert await asked(1, ADA) == 429


async def test_the_wait_is_told_and_a_success_starts_afresh(served: ServedAuth) -> None:
    await served.claimed()
    browser = served.browser()
    for _ in range(10):
        await browser.post_json("/api/auth/login", ADA | {"password": "wrong"})

    refused = await browser.post_json("/api/auth/login", ADA)
    served.clock.advance(timedelta(seconds=int(refused.headers["retry-after"])))
    accepted = await browser.post_json("/api/auth/login", ADA)

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert refused.headers["retry-after"] == "30"
    assert accepted.status_code == 200


async def test_the_wait_never_exceeds_an_hour(served: ServedAuth) -> None:
    await served.claimed()
    browser, wrong, longest = served.browser(), ADA | {"password": "wrong"}, 0
    for _ in range(30):
        answer = await browser.post_json("/api/auth/login", wrong)
        if answer.status_code == 429:
            wait = int(answer.headers["retry-after"])
            longest = max(longest, wait)
            served.clock.advance(timedelta(seconds=wait))

    assert longest == 3600


async def test_an_own_account_buys_no_guesses_on_others(served: ServedAuth) -> None:
    await served.claimed()
    browser, statuses = served.browser(), []
    for number in range(12):
        guess = {"email": f"victim{number}@example.org", "password": "wrong"}
        statuses.append((await browser.post_json("/api/auth/login", guess)).status_code)
        if statuses[-1] == 401 and number < 9:
            assert (await browser.post_json("/api/auth/login", ADA)).status_code == 200

    assert statuses == [401] * 10 + [429] * 2


async def test_many_correct_sign_ins_in_a_row_are_not_limited(served: ServedAuth) -> None:
    await served.claimed()
    browser = served.browser()

    assert {(await browser.post_json("/api/auth/login", ADA)).status_code for _ in range(14)} == {200}


async def test_a_flood_of_wrong_passwords_leaves_as_many_rows_as_it_has_guesses(served: ServedAuth) -> None:
    await served.claimed()
    browser = served.browser("8.8.4.4")

    for number in range(60):
        await browser.post_json("/api/auth/login", {"email": f"nobody{number}@example.org", "password": "wrong"})

    rows = await served.auth.database.fetch("SELECT seq FROM audit_log WHERE outcome = 'failure'")
    assert len(rows) == 10


KNOWN, NEIGHBOUR, STRANGE = "93.184.216.34", "93.184.216.99", "8.8.4.4"


async def sign_in(served: ServedAuth, network: str, **changes: str) -> int:
    answer = await served.browser(network).post_json("/api/auth/login", ADA | changes)
    return answer.status_code


async def exhausted(served: ServedAuth) -> None:
    """Let strangers from many networks use up the account's guesses."""
    statuses = [await sign_in(served, f"8.8.{number}.8", password="wrong") for number in range(12)]
    assert statuses == [401] * 10 + [429] * 2


async def test_strangers_guesses_do_not_lock_the_owner_out_where_they_signed_in_before(served: ServedAuth) -> None:
    await served.claimed()
    assert await sign_in(served, KNOWN) == 200
    await exhausted(served)

    assert await sign_in(served, STRANGE) == 429
    assert await sign_in(served, KNOWN) == 200
    assert await sign_in(served, NEIGHBOUR) == 200
    assert await sign_in(served, "127.0.0.1") == 200  # where the account was made
    assert await sign_in(served, STRANGE) == 429  # the owner's success buys strangers nothing


async def test_a_known_network_is_limited_too_and_its_guesses_count_as_anybodys_do(
    served: ServedAuth,
) -> None:
    await served.claimed()
    await sign_in(served, KNOWN)

    statuses = [await sign_in(served, f"93.184.216.{number}", password="wrong") for number in range(12)]

    assert statuses == [401] * 10 + [429] * 2
    assert await sign_in(served, KNOWN) == 429
    assert await sign_in(served, STRANGE) == 429
    assert await sign_in(served, "127.0.0.1") == 200  # known too, and nobody guessed there


async def test_an_owners_success_where_they_are_known_gives_strangers_no_guess_back(served: ServedAuth) -> None:
    await served.claimed()
    await sign_in(served, KNOWN)
    statuses = []
    for number in range(12):
        assert await sign_in(served, KNOWN) == 200
        statuses.append(await sign_in(served, f"8.8.{number}.8", password="wrong"))

    assert statuses == [401] * 10 + [429] * 2
    assert await sign_in(served, KNOWN) == 200


async def test_an_address_is_known_to_the_account_that_signed_in_there_only(served: ServedAuth) -> None:
    await served.claimed()
    await sign_in(served, KNOWN)
    other = {"email": "bob@example.org", "password": "wrong"}

    statuses = [await sign_in(served, f"8.8.{number}.8", **other) for number in range(10)]

    assert statuses == [401] * 10
    assert await sign_in(served, KNOWN, **other) == 429


async def test_a_wrong_password_makes_no_address_known(served: ServedAuth) -> None:
    await served.claimed()
    assert await sign_in(served, STRANGE, password="wrong") == 401
    await served.auth.database.execute("DELETE FROM rate_buckets")
    await exhausted(served)

    assert await sign_in(served, STRANGE) == 429


async def test_an_address_is_forgotten_after_ninety_days(served: ServedAuth) -> None:
    await served.claimed()
    await sign_in(served, KNOWN)
    served.clock.advance(timedelta(days=91))
    await exhausted(served)

    assert await sign_in(served, KNOWN) == 429
    await sweep(served.auth)
    assert await served.auth.database.fetch("SELECT FROM known_addresses") == []


async def test_the_table_of_known_addresses_tells_neither_account_nor_address(served: ServedAuth) -> None:
    await served.claimed()
    await sign_in(served, KNOWN)

    rows = await served.auth.database.fetch("SELECT k::text AS line FROM known_addresses AS k")

    assert len(rows) == 2
    assert not any(told in row["line"] for row in rows for told in ("93.184", "127.0", "ada"))

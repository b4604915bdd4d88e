"""Signing in with a password."""

import asyncio
from datetime import timedelta
from time import perf_counter, process_time

import pytest
from argon2 import PasswordHasher

from emergence.auth.passwords import Passwords
from emergence.auth.settings import AuthSettings
from emergence.contracts.auth.problems import SignInBusy
from tests.auth.served_auth import PASSWORD, REFRESH_COOKIE, ServedAuth, auth_environ, bearer, served_auth

ADA = {"email": "ada@example.org", "password": PASSWORD}


@pytest.fixture(autouse=True)
def hashes() -> None:
    """Whole ones, as in production: they are what this file is about."""


async def test_the_right_password_signs_in(served: ServedAuth) -> None:
    await served.claimed()
    browser = served.browser()

    answer = await browser.post_json("/api/auth/login", ADA)

    signed_in = answer.json()
    assert answer.status_code == 200
    assert signed_in["token"] == signed_in["access_token"]
    assert signed_in["expires_in"] == 300
    assert (signed_in["role"], signed_in["email"]) == ("admin", "Ada@Example.org")
    assert (await browser.get("/api/auth/session", headers=bearer(signed_in))).json()["user_id"] == signed_in["user_id"]


async def test_an_address_is_one_address_however_it_is_written(served: ServedAuth) -> None:
    await served.claimed()

    for written in ("ADA@EXAMPLE.ORG", "  ada@example.org  ", "Ada@example.ORG"):
        assert (await served.browser().post_json("/api/auth/login", ADA | {"email": written})).status_code == 200


async def test_a_password_is_the_same_in_both_unicode_forms(served: ServedAuth) -> None:
    await served.claimed(password="caf\u00e9 au lait s'il vous pla\u00eet")

    answer = await served.browser().post_json(
        "/api/auth/login", ADA | {"password": "cafe\u0301 au lait s'il vous plai\u0302t"}
    )

    assert answer.status_code == 200


WRONG = [
    {"password": "wrong"},
    {"password": PASSWORD + " "},
    {"password": PASSWORD.upper()},
    {"password": "p" * 1024},
    {"email": "nobody@example.org"},
    {"email": "ada@example.org.evil.example"},
]


async def test_a_password_does_not_grow_old(served: ServedAuth) -> None:
    await served.claimed()
    served.clock.advance(timedelta(days=10 * 365))

    answer = await served.browser().post_json("/api/auth/login", ADA)

    assert (answer.status_code, answer.json()["password_must_reset"]) == (200, False)


def test_no_setting_makes_passwords_grow_old() -> None:
    of_passwords = {name for name in AuthSettings.model_fields if "password" in name}

    assert of_passwords == {
        "auth_breached_passwords_file",
        "auth_breached_passwords_url",
        "smtp_password",
    }


async def test_wrong_and_unknown_get_one_answer(served: ServedAuth) -> None:
    await served.claimed()
    browser = served.browser()

    for wrong in WRONG:
        answer = await browser.post_json("/api/auth/login", ADA | wrong)

        assert answer.status_code == 401
        assert answer.json()["code"] == "credentials_rejected"
        assert answer.json()["detail"] == "The e-mail address or the password is wrong."
        assert "set-cookie" not in answer.headers


async def test_a_suspended_account_gets_the_same_answer(served: ServedAuth) -> None:
    await served.claimed()
    await served.auth.database.execute("UPDATE users SET status = 'suspended'")

    answer = await served.browser().post_json("/api/auth/login", ADA)

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_rejected")


MALFORMED = [
    b"",
    b"{",
    b"[]",
    b'"text"',
    b'{"email":"ada@example.org"}',
    b'{"email":"ada@example.org","password":"echo-me-not","extra":"echo-me-not"}',
    b'{"email":"echo-me-not","password":"echo-me-not"}',
    b'{"email":"ada@example.org","password":["echo-me-not"]}',
    b'{"email":"ada@example.org","password":{"echo-me-not":1}}',
    b'{"email":"ada@example.org","password":"' + b"echo-me-not" * 100 + b'"}',
    b'{"email":"' + b"a" * 300 + b'@example.org","password":"echo-me-not"}',
    b'{"email":"ada@example.org","password":"echo-me-not \\ud800"}',
    b'{"email":"ada@example.org","password":"\xff\xfe echo-me-not"}',
]


async def test_malformed_sign_ins_are_refused_without_an_echo(served: ServedAuth) -> None:
    browser = served.browser()
    for body in MALFORMED:
        answer = await browser.post("/api/auth/login", content=body, headers={"content-type": "application/json"})

        assert answer.status_code in (400, 422), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert "echo-me-not" not in answer.text


async def test_a_form_of_another_site_cannot_sign_somebody_in(served: ServedAuth) -> None:
    await served.claimed()
    form = await served.browser().post("/api/auth/login", data=ADA)
    foreign = await served.browser().post("/api/auth/login", json=ADA, headers={"sec-fetch-site": "cross-site"})
    old = await served.program().post("/api/auth/login", json=ADA, headers={"origin": "https://evil.example"})

    assert [form.status_code, foreign.status_code, old.status_code] == [403, 403, 403]


async def test_an_outdated_hash_is_replaced_at_the_next_sign_in(served: ServedAuth) -> None:
    await served.claimed()
    passwords, database = served.auth.passwords, served.auth.database
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(passwords._peppered(PASSWORD))
    await database.execute("UPDATE password_credentials SET phc = $1", weak)

    first = await served.browser().post_json("/api/auth/login", ADA)
    row = await database.fetchrow("SELECT phc FROM password_credentials")
    second = await served.browser().post_json("/api/auth/login", ADA)

    assert row is not None
    assert "m=19456,t=2,p=1" in row["phc"]
    assert (first.status_code, second.status_code) == (200, 200)


async def test_the_pepper_is_needed_to_check_a_password(served: ServedAuth) -> None:
    await served.claimed()
    row = await served.auth.database.fetchrow("SELECT phc FROM password_credentials")
    assert row is not None

    assert (await served.auth.passwords.check(PASSWORD, row["phc"])).is_right
    assert not (await Passwords(b"another pepper").check(PASSWORD, row["phc"])).is_right


async def test_nothing_secret_lies_in_the_database(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    ticket = (await browser.post_json("/api/auth/ws-ticket", **bearer(signed_in))).json()["ticket"]
    cookie = browser.cookies[REFRESH_COOKIE]
    tables = await served.auth.database.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'auth'"
    )
    dump = ""
    for table in tables:
        rows = await served.auth.database.fetch(f"SELECT t::text AS line FROM {table['table_name']} AS t")
        dump += "\n".join(row["line"] for row in rows)

    for secret in (PASSWORD, ticket, cookie, cookie.rpartition(".")[2], signed_in["access_token"], '"d"'):
        assert secret not in dump
    assert "$argon2id$" in dump


async def test_thirty_sign_ins_at_once_do_not_block_the_service(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, AUTH_TRUSTED_HOPS="1", AUTH_CLAIM="code")) as served:
        await served.claimed()

        async def sign_in(number: int) -> int:
            body = {"email": f"person{number}@example.org", "password": "wrong"}
            return (
                await served.browser().post_json("/api/auth/login", body, **{"x-forwarded-for": f"93.184.216.{number}"})
            ).status_code

        logins = asyncio.gather(*(sign_in(number) for number in range(30)))
        slowest, browser = 0.0, served.browser()
        while not logins.done():
            started = perf_counter()
            assert (await browser.get("/api/health")).status_code == 200
            slowest = max(slowest, perf_counter() - started)
            await asyncio.sleep(0.01)

        assert await logins == [401] * 30
        assert slowest < 0.25


async def test_beyond_what_fits_people_are_asked_to_come_back(served: ServedAuth) -> None:
    passwords = Passwords(b"pepper", workers=1, waiting_at_most=2)

    answers = await asyncio.gather(*(passwords.hash("x") for _ in range(6)), return_exceptions=True)

    refused = [answer for answer in answers if isinstance(answer, SignInBusy)]
    assert len(refused) == 3
    assert refused[0].headers == {"Retry-After": "2"}
    assert (await passwords.hash("y")).startswith("$argon2id$")


async def test_an_unknown_account_takes_as_long_as_a_known_one(served: ServedAuth) -> None:
    await served.claimed()
    passwords = served.auth.passwords
    row = await served.auth.database.fetchrow("SELECT phc FROM password_credentials")
    assert row is not None

    known: list[float] = []
    unknown: list[float] = []
    for _ in range(9):
        for times, stored in ((known, row["phc"]), (unknown, None)):
            started = process_time()
            await passwords.check("wrong", stored)
            times.append(process_time() - started)

    assert 0.6 < sorted(known)[4] / sorted(unknown)[4] < 1.6  # of processor time: others use the cores too


async def test_without_the_database_sign_ins_are_refused_with_503(served: ServedAuth) -> None:
    await served.claimed()
    await served.auth.database.close()
    served.auth.database.url = "postgresql://nobody@127.0.0.1:1/none"

    answer = await served.browser().post_json("/api/auth/login", ADA)

    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert "retry-after" in answer.headers

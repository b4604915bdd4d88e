"""The first administrator: who may become one, once."""

import asyncio
import json
from datetime import timedelta

from structlog.testing import capture_logs

from emergence.auth.setup_code import setup_code
from tests.auth.served_auth import ADMINISTRATOR, PUBLIC_URL, ServedAuth, auth_environ, served_auth


async def test_the_first_visitor_on_the_machine_becomes_administrator(served: ServedAuth) -> None:
    browser = served.browser()
    before = (await browser.get("/api/auth/setup")).json()

    answer = await browser.post_json("/api/auth/setup", ADMINISTRATOR)

    told = {"claimed": False, "claim": "loopback", "password_min_length": 8, "has_refresh_token": False}
    assert before == told | {"mail": False, "providers": [], "passkeys_at": "http://localhost:8080", "signup": "closed"}
    assert answer.json()["role"] == "admin"
    assert answer.json()["display_name"] == "Ada"
    assert answer.headers["cache-control"] == "no-store"
    after = (await browser.get("/api/auth/setup")).json()
    assert (after["claimed"], after["has_refresh_token"]) == (True, True)


async def test_a_second_claim_is_refused(served: ServedAuth) -> None:
    await served.claimed()

    answer = await served.browser().post_json("/api/auth/setup", ADMINISTRATOR | {"email": "eve@example.org"})

    assert (answer.status_code, answer.json()["code"]) == (409, "setup_already_done")


async def test_of_many_claims_at_once_exactly_one_wins(served: ServedAuth) -> None:
    bodies = [ADMINISTRATOR | {"email": f"person{number}@example.org"} for number in range(8)]

    answers = await asyncio.gather(*(served.browser().post_json("/api/auth/setup", body) for body in bodies))

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert len(await served.auth.database.fetch("SELECT FROM users")) == 1


NOT_THIS_MACHINE: list[tuple[str, str, dict[str, str]]] = [
    ("192.168.1.7", "http://192.168.1.2:8080", {}),
    ("127.0.0.1", "http://rebound.example:8080", {}),
    ("127.0.0.1", "http://127.0.0.1:8080", {"x-forwarded-for": "203.0.113.9"}),
    ("127.0.0.1", "http://127.0.0.1:8080", {"forwarded": "for=203.0.113.9"}),
    ("127.0.0.1", "http://127.0.0.1:8080", {"cf-connecting-ip": "203.0.113.9"}),
]


async def test_only_this_machine_counts_as_loopback(served: ServedAuth) -> None:
    for address, url, headers in NOT_THIS_MACHINE:
        answer = await served.browser(address, url).post("/api/auth/setup", json=ADMINISTRATOR, headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (403, "setup_code_rejected")


async def test_another_sites_page_cannot_claim(served: ServedAuth) -> None:
    for site in ("cross-site", "same-site", "none"):
        answer = await served.browser().post("/api/auth/setup", json=ADMINISTRATOR, headers={"sec-fetch-site": site})

        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")


async def test_a_server_that_listens_wider_asks_for_the_printed_code(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, AUTH_CLAIM="code")) as served:
        code = await setup_code(served.auth)
        assert code is not None
        browser = served.browser("203.0.113.9")

        without = await browser.post_json("/api/auth/setup", ADMINISTRATOR)
        wrong = await browser.post_json("/api/auth/setup", ADMINISTRATOR | {"code": "abcd-" * 8})
        right = await browser.post_json("/api/auth/setup", ADMINISTRATOR | {"code": f" {code.upper()} "})

        assert [without.status_code, wrong.status_code, right.status_code] == [403, 403, 200]
        assert await setup_code(served.auth) is None
        assert len(code.split("-")) == 8


async def test_all_instances_of_a_deployment_have_one_code(database_url: str) -> None:
    environ = auth_environ(database_url, AUTH_CLAIM="code")
    async with served_auth(environ) as one, served_auth(environ) as other:
        assert await setup_code(one.auth) == await setup_code(other.auth)


async def test_wrong_codes_wait_longer_and_longer(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, AUTH_CLAIM="code")) as served:
        browser, guess = served.browser("203.0.113.9"), ADMINISTRATOR | {"code": "guess"}
        statuses = [(await browser.post_json("/api/auth/setup", guess)).status_code for _ in range(11)]
        waits = []
        for _ in range(4):
            refused = await browser.post_json("/api/auth/setup", guess)
            waits.append(int(refused.headers["retry-after"]))
            served.clock.advance(timedelta(seconds=waits[-1]))
            assert (await browser.post_json("/api/auth/setup", guess)).status_code == 403

        assert statuses == [403] * 10 + [429]
        assert waits == [30, 60, 120, 240]


async def test_addresses_that_the_operator_did_not_name_cannot_claim(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, AUTH_ADMIN_EMAILS="boss@example.org, ADA@example.org")) as served:
        eve = await served.browser().post_json("/api/auth/setup", ADMINISTRATOR | {"email": "eve@example.org"})
        _, ada = await served.claimed()

        assert eve.status_code == 403
        assert ada["email"] == "Ada@Example.org"


MALFORMED: list[dict[str, object]] = [
    {"email": "no-address"},
    {"email": "a\x00b@example.org"},
    {"email": "ada@example.org\ud800"},
    {"password": ""},
    {"password": "echo-me-not \ud800"},
    {"display_name": ""},
    {"display_name": "   "},
    {"display_name": "a\x00b"},
    {"role": "admin"},
    {"code": ["x"]},
]


async def test_a_malformed_claim_is_refused_without_an_echo(served: ServedAuth) -> None:
    browser = served.browser()
    for change in MALFORMED:
        body = json.dumps(ADMINISTRATOR | {"password": "echo-me-not-please"} | change)

        answer = await browser.post("/api/auth/setup", content=body, headers={"content-type": "application/json"})

        assert answer.status_code == 422, answer.text
        assert "echo-me-not" not in answer.text


async def test_a_short_password_is_refused_with_the_reason(served: ServedAuth) -> None:
    answer = await served.browser().post_json("/api/auth/setup", ADMINISTRATOR | {"password": "seven77"})

    assert (answer.status_code, answer.json()["code"]) == (422, "password_refused")
    assert "at least 8" in answer.json()["detail"]


async def test_production_asks_for_fifteen_characters(database_url: str) -> None:
    environ = auth_environ(database_url, EMERGENCE_ENV="production", EMERGENCE_PUBLIC_URL=PUBLIC_URL)
    async with served_auth(environ) as served:
        browser = served.browser()

        refused = await browser.post_json("/api/auth/setup", ADMINISTRATOR | {"password": "fourteen chars"})
        accepted = await browser.post_json("/api/auth/setup", ADMINISTRATOR | {"password": "fifteen chars.."})

        assert (refused.status_code, accepted.status_code) == (422, 200)


async def test_claiming_signs_in(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()

    renewed = await browser.post_json("/api/auth/refresh")

    assert renewed.status_code == 200
    assert renewed.json()["session_id"] == signed_in["session_id"]


async def test_a_server_that_starts_alone_prints_the_code_until_it_is_claimed(database_url: str) -> None:
    environ = auth_environ(database_url, AUTH_CLAIM="code")
    with capture_logs() as before:
        async with served_auth(environ) as served:
            code = await setup_code(served.auth)
            await served.claimed()
    with capture_logs() as after:
        async with served_auth(environ):
            pass

    assert [line["setup_code"] for line in before if line["event"] == "administrator_missing"] == [code]
    assert "administrator_missing" not in [line["event"] for line in after]


async def test_a_claim_does_not_take_another_accounts_address(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, AUTH_ENV="dev", AUTH_DEV_LOGIN="1")) as served:
        await served.browser().post_json("/api/auth/dev/login", {"email": "ada@example.org"})

        refused = await served.browser().post_json("/api/auth/setup", ADMINISTRATOR)

        assert (refused.status_code, refused.json()["code"]) == (409, "email_taken")
        assert (await served.browser().get("/api/auth/setup")).json()["claimed"] is False

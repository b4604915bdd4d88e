"""Forgotten passwords: the same answer for everybody, one letter for whom it concerns, a link that works once."""

import asyncio
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import UUID

import httpx2
import pytest

from emergence.auth.store import people
from tests.auth.audited import rows_about
from tests.auth.mailbox import QUIET_S, Posted, plain, token_in
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, PUBLIC_URL, ServedAuth, bearer
from tests.auth.test_second_factor import enrolled

ADA = ADMINISTRATOR["email"]
NEW_PASSWORD = "seven orange boats at dawn"
REQUEST, RESET = "/api/auth/request-password-reset", "/api/auth/reset-password"


async def ask(served: ServedAuth, email: str = ADA, address: str = "127.0.0.1", **headers: str) -> httpx2.Response:
    return await served.browser(address).post_json(REQUEST, {"email": email}, **headers)


async def reset(served: ServedAuth, token: str, password: str = NEW_PASSWORD) -> httpx2.Response:
    return await served.browser().post_json(RESET, {"token": token, "new_password": password})


async def log_in(served: ServedAuth, password: str) -> httpx2.Response:
    return await served.browser().post_json("/api/auth/login", {"email": ADA, "password": password})


async def test_a_reset_link_works_once_and_ends_every_session(posted: Posted) -> None:
    served = posted.served
    browser, signed_in = await served.claimed()
    asked = await ask(served, email=" ADA@example.org ")
    token = token_in(await posted.mailbox.next_to(ADA))

    first, second = await reset(served, token), await reset(served, token)

    assert (asked.status_code, asked.json()) == (202, {"expires_in": 900, "retry_after_seconds": 60})
    assert (first.status_code, second.status_code) == (204, 400)
    assert second.json()["code"] == "link_invalid"
    assert (await browser.get("/api/auth/session", headers=bearer(signed_in))).status_code == 401
    assert (await browser.post_json("/api/auth/refresh")).status_code == 401
    assert [(await log_in(served, word)).status_code for word in (PASSWORD, NEW_PASSWORD)] == [401, 200]
    assert (await posted.mailbox.next_to(ADA, 1))["subject"] == "Your password was reset"
    rows = [row.type for row in await rows_about(served.auth.database, UUID(signed_in["user_id"]), None, 20)]
    assert rows.count("account.password_reset") == rows.count("account.password_reset_requested") == 1


async def test_looking_at_a_link_does_not_use_it_up(posted: Posted) -> None:
    await posted.served.claimed()
    await ask(posted.served)
    token = token_in(await posted.mailbox.next_to(ADA))
    browser = posted.served.browser()
    looks = [await browser.request(method, RESET, params={"token": token}) for method in ("GET", "HEAD") * 10]

    assert {look.status_code for look in looks} == {405}
    assert [(await reset(posted.served, token)).status_code for _ in range(2)] == [204, 400]


async def test_of_twenty_at_once_one_resets(posted: Posted) -> None:
    await posted.served.claimed()
    await ask(posted.served)
    token = token_in(await posted.mailbox.next_to(ADA))

    answers = await asyncio.gather(*(reset(posted.served, token) for _ in range(20)))

    assert sorted(answer.status_code for answer in answers) == [204] + [400] * 19


async def test_the_link_leads_to_the_public_address_whatever_the_request_calls_us(posted: Posted) -> None:
    await posted.served.claimed()
    forged = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    await ask(posted.served, **forged)

    letter = await posted.mailbox.next_to(ADA)

    assert f"{PUBLIC_URL}/reset-password#" in plain(letter)
    assert "evil.example" not in letter.as_string()


async def test_with_a_second_factor_its_code_is_still_asked(posted: Posted) -> None:
    protected = await enrolled(posted.served)
    await posted.mailbox.next_to(ADA)  # the notice of it
    await ask(posted.served)
    answer = await reset(posted.served, token_in(await posted.mailbox.next_to(ADA, 1)))

    signed_in = await log_in(posted.served, NEW_PASSWORD)

    assert (answer.status_code, answer.content) == (204, b"")
    assert signed_in.json()["mfa_required"] is True
    assert (await protected.second_step(signed_in.json()["mfa_token"], protected.next_code())).status_code == 200


async def test_the_forgotten_password_is_no_new_one_and_leaves_the_link_good(posted: Posted) -> None:
    await posted.served.claimed()
    await ask(posted.served)
    token = token_in(await posted.mailbox.next_to(ADA))

    same = await reset(posted.served, token, PASSWORD)
    other = await reset(posted.served, token)

    assert (same.status_code, same.json()["code"], same.json()["reason"]) == (422, "password_refused", "same")
    assert other.status_code == 204


async def test_a_refused_password_leaves_the_link_good(posted: Posted) -> None:
    await posted.served.claimed()
    await ask(posted.served)
    token = token_in(await posted.mailbox.next_to(ADA))

    refused = await reset(posted.served, token, "short")

    assert (refused.status_code, refused.json()["code"]) == (422, "password_refused")
    assert (await reset(posted.served, token)).status_code == 204


async def test_a_newer_link_replaces_the_one_before(posted: Posted) -> None:
    await posted.served.claimed()
    await ask(posted.served)
    older = token_in(await posted.mailbox.next_to(ADA))
    posted.served.clock.advance(timedelta(minutes=1))
    await ask(posted.served)
    newer = token_in(await posted.mailbox.next_to(ADA, 1))

    assert [(await reset(posted.served, token)).status_code for token in (older, newer)] == [400, 204]


async def test_a_link_is_good_for_fifteen_minutes(posted: Posted) -> None:
    await posted.served.claimed()
    await ask(posted.served)
    token = token_in(await posted.mailbox.next_to(ADA))
    posted.served.clock.advance(timedelta(minutes=15))

    assert (await reset(posted.served, token)).status_code == 400


@pytest.mark.parametrize("token", ["", "x", "a" * 200, "é", "\u0000"])
async def test_invented_links_are_refused_before_any_hashing(posted: Posted, token: str) -> None:
    answer = await reset(posted.served, token)

    assert (answer.status_code, answer.json()["code"]) == (400, "link_invalid")


@pytest.mark.parametrize(
    "body", [{}, {"email": "nobody"}, {"email": "a@b.c", "role": "admin"}, {"email": "a@b\r\nc"}, []]
)
async def test_malformed_requests_are_refused(posted: Posted, body: Any) -> None:
    assert (await posted.served.browser().post_json(REQUEST, body)).status_code == 422


async def test_other_sites_cannot_ask_for_it(posted: Posted) -> None:
    answer = await ask(posted.served, **{"sec-fetch-site": "cross-site"})

    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")


async def test_without_a_mail_server_it_is_said_plainly(served: ServedAuth) -> None:
    await served.claimed()
    setup = await served.browser().get("/api/auth/setup")

    for email in (ADA, "nobody@example.org"):
        answer = await ask(served, email)
        assert (answer.status_code, answer.json()["code"]) == (409, "mail_off")
    assert setup.json()["mail"] is False
    assert await served.auth.database.fetch("SELECT id FROM email_outbox") == []


async def test_a_thousand_requests_send_five_letters_in_a_day(posted: Posted) -> None:
    await posted.served.claimed()
    statuses = set()
    for number in range(1_000):  # from everywhere, over sixteen hours
        statuses.add((await ask(posted.served, address=f"198.51.{number % 100}.{number // 100}")).status_code)
        if number < 8:
            await posted.mailbox.next_to(ADA, min(number, 4))
        posted.served.clock.advance(timedelta(minutes=1))
    await asyncio.sleep(QUIET_S)

    assert statuses == {202}
    assert len(posted.mailbox.letters) == 5
    posted.served.clock.advance(timedelta(hours=24))
    await ask(posted.served)
    await posted.mailbox.next_to(ADA, 5)


async def test_one_network_gets_twenty_letters_sent_and_the_same_answer_after(posted: Posted) -> None:
    answers = [await ask(posted.served, f"person{number}@example.org") for number in range(30)]
    counted = await posted.served.auth.database.fetch("SELECT key FROM rate_buckets WHERE key LIKE 'mail:minute:%'")

    assert [(answer.status_code, answer.json()["expires_in"]) for answer in answers] == [(202, 900)] * 30
    assert [answer.json()["retry_after_seconds"] for answer in answers] == [60] * 19 + [180] * 11
    assert len(counted) == 20


async def test_existing_unknown_and_suspended_are_answered_alike(posted: Posted) -> None:
    served = posted.served
    await served.claimed()
    kinds: dict[str, list[str]] = {"existing": [], "suspended": [], "unknown": []}
    for number in range(12):
        for kind in ("existing", "suspended"):
            email = f"{kind}{number}@example.org"
            _, signed_in = await served.person(email)
            kinds[kind].append(email)
            if kind == "suspended":
                async with served.auth.database.transaction() as tx:
                    await people.set_status(tx, UUID(signed_in["user_id"]), "suspended")
        kinds["unknown"].append(f"unknown{number}@example.org")
    answers: dict[str, list[httpx2.Response]] = {kind: [] for kind in kinds}

    for number in range(12):
        for kind in kinds:
            answers[kind].append(await ask(served, kinds[kind][number], address=f"198.51.100.{number}"))

    def shown(answer: httpx2.Response) -> tuple[Any, ...]:
        headers = sorted((name, value) for name, value in answer.headers.items() if name != "x-request-id")
        return answer.status_code, headers, answer.content

    assert len({repr(shown(answer)) for each in answers.values() for answer in each}) == 1
    for email in kinds["existing"]:
        await posted.mailbox.next_to(email)
    await asyncio.sleep(QUIET_S)
    assert sorted(posted.mailbox.recipients) == sorted(kinds["existing"])
    times = {kind: median(answer.elapsed.total_seconds() for answer in each) for kind, each in answers.items()}
    assert max(times.values()) < 0.1, times


async def test_an_administrator_hands_a_link_over_where_nothing_is_mailed(served: ServedAuth) -> None:
    admin, signed_in = await served.claimed()
    member, member_signed_in = await served.person("bob@example.org")
    path = f"/api/auth/admin/users/{member_signed_in['user_id']}/reset-link"

    refused = await member.post_json(path, **bearer(member_signed_in))
    unknown = await admin.post_json(path.replace(member_signed_in["user_id"], str(UUID(int=1))), **bearer(signed_in))
    made = (await admin.post_json(path, **bearer(signed_in))).json()

    assert (refused.status_code, unknown.status_code, made["is_mailed"]) == (403, 404, False)
    assert made["link"].startswith("/reset-password#")
    assert (await reset(served, made["link"].partition("#")[2])).status_code == 204
    body = {"email": "bob@example.org", "password": NEW_PASSWORD}
    assert (await served.browser().post_json("/api/auth/login", body)).status_code == 200


async def test_where_it_is_mailed_the_administrator_does_not_see_it(posted: Posted) -> None:
    admin, signed_in = await posted.served.claimed()
    _, member = await posted.served.person("bob@example.org")

    made = await admin.post_json(f"/api/auth/admin/users/{member['user_id']}/reset-link", **bearer(signed_in))

    assert (made.json()["is_mailed"], made.json()["link"]) == (True, None)
    token = token_in(await posted.mailbox.next_to("bob@example.org"))
    assert (await reset(posted.served, token)).status_code == 204

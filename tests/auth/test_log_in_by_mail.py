"""A mailed code: good once, in the browser that asked for it, for ten minutes and five tries."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from emergence.auth.store import people
from tests.auth.mailbox import QUIET_S, Posted, plain, token_in, until
from tests.auth.served_auth import ADMINISTRATOR, REFRESH_COOKIE, Browser, ServedAuth, bearer
from tests.auth.test_second_factor import enrolled

ADA = ADMINISTRATOR["email"]
ASK, LOG_IN = "/api/auth/magic-link", "/api/auth/magic-link/login"


async def ask(browser: Browser, email: str = ADA) -> httpx2.Response:
    return await browser.post_json(ASK, {"email": email})


async def give(browser: Browser, code: str) -> httpx2.Response:
    return await browser.post_json(LOG_IN, {"code": code})


async def asked(posted: Posted, letters_before: int = 0) -> tuple[Browser, str]:
    """Return a browser that asked for a code, and the code that was mailed."""
    browser = posted.served.browser()
    answer = await ask(browser)
    assert (answer.status_code, answer.json()) == (202, {"expires_in": 600, "retry_after_seconds": 60})
    return browser, token_in(await posted.mailbox.next_to(ADA, letters_before))


async def answered(served: ServedAuth) -> None:
    """Wait until everything that was asked for has been looked at."""

    async def none_waits() -> bool:
        return await served.auth.database.fetch("SELECT id FROM email_requests") == []

    await until(none_waits)


async def test_a_code_signs_in_once(posted: Posted) -> None:
    await posted.served.claimed()
    browser, code = await asked(posted)

    first, second = await give(browser, f"{code[:4]} {code[4:]}"), await give(browser, code)

    assert (first.status_code, second.status_code, second.json()["code"]) == (200, 401, "code_rejected")
    assert REFRESH_COOKIE in browser.cookies
    listed = (await browser.get("/api/auth/my-sessions", headers=bearer(first.json()))).json()["sessions"]
    assert next(each["methods"] for each in listed if each["is_current"]) == ["email"]
    assert (await browser.get("/api/auth/email", headers=bearer(first.json()))).json()["verified_at"] is not None
    assert len(code) == 8 and code.isdigit()
    assert f"{code[:4]} {code[4:]}" in plain(posted.mailbox.letters[0])


async def test_in_another_browser_the_code_is_worth_nothing(posted: Posted) -> None:
    await posted.served.claimed()
    browser, code = await asked(posted)
    stranger = posted.served.browser()

    assert (await give(stranger, code)).status_code == 401
    await ask(stranger, "nobody@example.org")
    await answered(posted.served)
    assert (await give(stranger, code)).status_code == 401
    assert (await give(browser, code)).status_code == 200


async def test_the_first_code_still_works_after_asking_again_too_soon(posted: Posted) -> None:
    await posted.served.claimed()
    browser, code = await asked(posted)
    posted.served.clock.advance(timedelta(seconds=20))

    again = await ask(browser)
    await answered(posted.served)

    assert (again.status_code, again.json()) == (202, {"expires_in": 600, "retry_after_seconds": 40})
    assert posted.mailbox.recipients == [ADA]
    assert (await give(browser, code)).status_code == 200


async def test_the_pause_is_told_alike_for_known_and_unknown_addresses_and_other_browsers(posted: Posted) -> None:
    await posted.served.claimed()
    told: list[list[bytes]] = []
    for email in (ADA, "nobody@example.org"):
        first, soon = await ask(posted.served.browser(), email), await ask(posted.served.browser(), email)
        posted.served.clock.advance(timedelta(seconds=15))
        told.append([first.content, soon.content, (await ask(posted.served.browser("198.51.100.7"), email)).content])

    assert told[0] == told[1]
    assert told[0][2] == b'{"expires_in":600,"retry_after_seconds":45}'


async def test_the_fifth_letter_of_a_day_says_that_the_next_waits_for_the_first_place(posted: Posted) -> None:
    pauses = []
    for _ in range(5):
        pauses.append((await ask(posted.served.browser())).json()["retry_after_seconds"])
        posted.served.clock.advance(timedelta(hours=1))

    assert pauses == [60, 60, 60, 60, 20 * 3600]


async def test_of_twenty_at_once_one_comes_in(posted: Posted) -> None:
    await posted.served.claimed()
    browser, code = await asked(posted)

    answers = await asyncio.gather(*(give(browser, code) for _ in range(20)))

    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 401, 429}


async def test_after_five_wrong_tries_the_right_code_is_worth_nothing(posted: Posted) -> None:
    await posted.served.claimed()
    browser, code = await asked(posted)
    wrong = f"{(int(code) + 1) % 10**8:08}"

    answers = [await give(browser, each) for each in (*[wrong] * 5, code)]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "code_rejected")}


async def test_a_code_is_good_for_ten_minutes(posted: Posted) -> None:
    await posted.served.claimed()
    browser, code = await asked(posted)
    posted.served.clock.advance(timedelta(minutes=10))

    assert (await give(browser, code)).status_code == 401


async def test_a_newer_code_replaces_the_one_before(posted: Posted) -> None:
    await posted.served.claimed()
    older_browser, older = await asked(posted)
    posted.served.clock.advance(timedelta(minutes=1))
    browser, newer = await asked(posted, 1)

    assert (await give(older_browser, older)).status_code == 401
    assert (await give(browser, newer)).status_code == 200


async def test_a_second_factor_is_still_asked(posted: Posted) -> None:
    protected = await enrolled(posted.served)
    browser, code = await asked(posted, 1)

    first = await give(browser, code)
    second = await protected.second_step(first.json()["mfa_token"], protected.next_code(), browser)

    assert first.json()["mfa_required"] is True and "access_token" not in first.json()
    assert second.status_code == 200
    listed = (await browser.get("/api/auth/my-sessions", headers=bearer(second.json()))).json()["sessions"]
    assert next(each["methods"] for each in listed if each["is_current"]) == ["email", "otp", "mfa"]


async def test_existing_unknown_and_suspended_are_answered_alike_at_every_step(posted: Posted) -> None:
    served = posted.served
    await served.claimed()
    _, suspended = await served.person("suspended@example.org")
    async with served.auth.database.transaction() as tx:
        await people.set_status(tx, UUID(suspended["user_id"]), "suspended")
    shown: dict[str, list[Any]] = {}
    for email in (ADA, "suspended@example.org", "unknown@example.org"):
        browser = served.browser(f"198.51.100.{len(shown) + 1}")
        answers = [await ask(browser, email)]
        await answered(served)
        answers += [await give(browser, "00000000") for _ in range(7)]
        kept = [
            {name: value for name, value in answer.json().items() if name not in ("trace_id", "instance")}
            for answer in answers
        ]
        shown[email] = [[answer.status_code for answer in answers], kept]

    assert len({repr(each) for each in shown.values()}) == 1
    await posted.mailbox.next_to(ADA)
    await asyncio.sleep(QUIET_S)
    assert posted.mailbox.recipients == [ADA]


async def test_the_cookie_of_the_browser_is_out_of_reach_of_scripts_and_other_sites(posted: Posted) -> None:
    answer = await ask(posted.served.browser(), "nobody@example.org")

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("emg_mail_8080=")
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=600"))


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": "1" * 41}, {"code": "1", "email": ADA}])
async def test_malformed_codes_are_refused(posted: Posted, body: dict[str, str]) -> None:
    assert (await posted.served.browser().post_json(LOG_IN, body)).status_code == 422


async def test_guessing_from_one_network_is_slowed_down(posted: Posted) -> None:
    statuses = [(await give(posted.served.browser(), "12345678")).status_code for _ in range(12)]

    assert statuses == [401] * 10 + [429] * 2


async def test_without_a_mail_server_it_is_said_plainly(served: ServedAuth) -> None:
    answer = await ask(served.browser())

    assert (answer.status_code, answer.json()["code"]) == (409, "mail_off")

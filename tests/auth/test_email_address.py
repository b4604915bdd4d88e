"""One's own address: verified by a mailed link, changed at the new one, and taken back from the old one."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from emergence.auth.sweep import sweep
from tests.auth.audited import rows_about
from tests.auth.mailbox import Posted, token_in, until
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, Browser, ServedAuth, bearer
from tests.auth.test_second_factor import enrolled

ADA, NEW = ADMINISTRATOR["email"], "ada.new@example.org"
VERIFY, CHANGE = "/api/auth/verify-email", "/api/auth/email/change"
CONFIRM, UNDO = "/api/auth/email/confirm", "/api/auth/email/undo"


async def use(served: ServedAuth, path: str, token: str) -> httpx2.Response:
    return await served.browser().post_json(path, {"token": token})


async def state(browser: Browser, signed_in: dict[str, Any]) -> dict[str, Any]:
    answer = await browser.get("/api/auth/email", headers=bearer(signed_in))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def primary_addresses(posted: Posted) -> list[str]:
    rows = await posted.served.auth.database.fetch("SELECT email FROM user_emails WHERE is_primary")
    return [row["email"] for row in rows]


async def log_in(served: ServedAuth, email: str) -> int:
    answer = await served.browser().post_json("/api/auth/login", {"email": email, "password": PASSWORD})
    return answer.status_code


async def changed(posted: Posted) -> tuple[Browser, dict[str, Any], str]:
    """Change Ada's address and return her browser and the token that takes it back."""
    browser, signed_in = await posted.served.claimed()
    await browser.post_json(CHANGE, {"email": NEW}, **bearer(signed_in))
    answer = await use(posted.served, CONFIRM, token_in(await posted.mailbox.next_to(NEW)))
    assert answer.status_code == 204, answer.text
    return browser, signed_in, token_in(await posted.mailbox.next_to(ADA))


async def test_an_address_is_verified_by_the_link_that_is_mailed_to_it(posted: Posted) -> None:
    browser, signed_in = await posted.served.claimed()
    before = await state(browser, signed_in)
    asked = await browser.post_json(f"{VERIFY}/request", **bearer(signed_in))
    token = token_in(await posted.mailbox.next_to(ADA))

    answers = [(await use(posted.served, VERIFY, token)).status_code for _ in range(2)]

    assert (asked.status_code, answers) == (202, [204, 400])
    assert before == {"email": ADA, "verified_at": None}
    assert (await state(browser, signed_in))["verified_at"] == "2026-11-22T12:00:00Z"
    rows = await rows_about(posted.served.auth.database, UUID(signed_in["user_id"]), None, 10)
    assert [row.type for row in rows] == ["account.email_verified", "session.login"]
    posted.served.clock.advance(timedelta(minutes=2))
    refreshed = (await browser.post_json("/api/auth/refresh")).json()
    assert (await browser.post_json(f"{VERIFY}/request", **bearer(refreshed))).status_code == 202
    assert len(posted.mailbox.letters) == 1  # nothing left to verify


async def test_asking_for_somebody_elses_address_leaves_the_same_traces_as_for_a_free_one(posted: Posted) -> None:
    await posted.served.claimed()
    traces = []
    for number, wished in enumerate((ADA, "free@example.org")):
        browser, person = await posted.served.person(f"person{number}@example.org")
        answer = await browser.post_json(CHANGE, {"email": wished}, **bearer(person))
        events = (await browser.get("/api/auth/my-activity", headers=bearer(person))).json()["events"]
        tokens = await posted.served.auth.database.fetch(
            "SELECT purpose FROM one_time_tokens WHERE user_id = $1", UUID(person["user_id"])
        )
        traces.append(
            (answer.status_code, answer.json(), [each["type"] for each in events], [row[0] for row in tokens])
        )

    assert traces[0] == traces[1]
    assert traces[0][2][0] == "account.email_change_requested"
    await posted.mailbox.next_to("free@example.org")
    assert posted.mailbox.to(ADA) == []


async def test_a_verification_link_is_good_for_a_day_and_for_its_address_only(posted: Posted) -> None:
    browser, signed_in = await posted.served.claimed()
    await browser.post_json(f"{VERIFY}/request", **bearer(signed_in))
    token = token_in(await posted.mailbox.next_to(ADA))
    await posted.served.auth.database.execute("UPDATE user_emails SET email_norm = 'x@example.org'")
    of_another = await use(posted.served, VERIFY, token)
    await posted.served.auth.database.execute("UPDATE user_emails SET email_norm = 'ada@example.org'")
    posted.served.clock.advance(timedelta(hours=24))

    assert (of_another.status_code, (await use(posted.served, VERIFY, token)).status_code) == (400, 400)


async def test_a_link_for_one_thing_does_not_do_another(posted: Posted) -> None:
    browser, signed_in = await posted.served.claimed()
    await browser.post_json(f"{VERIFY}/request", **bearer(signed_in))
    token = token_in(await posted.mailbox.next_to(ADA))

    answers = [await use(posted.served, path, token) for path in (CONFIRM, UNDO)]
    answers.append(
        await posted.served.browser().post_json(
            "/api/auth/reset-password", {"token": token, "new_password": "seven orange boats at dawn"}
        )
    )

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(400, "link_invalid")}
    assert (await use(posted.served, VERIFY, token)).status_code == 204


async def test_a_new_address_counts_once_it_is_confirmed(posted: Posted) -> None:
    browser, signed_in = await posted.served.claimed()
    other = posted.served.browser()
    await other.post_json("/api/auth/login", {"email": ADA, "password": PASSWORD})
    await browser.post_json(CHANGE, {"email": f" {NEW} "}, **bearer(signed_in))
    token = token_in(await posted.mailbox.next_to(NEW))
    before = (await state(browser, signed_in))["email"], await log_in(posted.served, NEW)

    answers = [(await use(posted.served, CONFIRM, token)).status_code for _ in range(2)]

    assert (before, answers) == ((ADA, 401), [204, 400])
    assert await state(browser, signed_in) == {"email": NEW, "verified_at": "2026-11-22T12:00:00Z"}
    assert await log_in(posted.served, NEW) == 200
    assert (await other.post_json("/api/auth/refresh")).status_code == 401
    await posted.mailbox.next_to(ADA)  # of the other browser's sign-in
    old, new = await posted.mailbox.next_to(ADA, 1), await posted.mailbox.next_to(NEW, 1)
    assert old["subject"] == "The e-mail address of your account was changed"
    assert new["subject"] == "This address now belongs to your account"


async def test_the_old_address_takes_a_change_back_and_ends_everything(posted: Posted) -> None:
    browser, signed_in, undo = await changed(posted)
    refreshed = (await browser.post_json("/api/auth/refresh")).json()
    await browser.post_json(CHANGE, {"email": "third@example.org"}, **bearer(refreshed))
    pending = token_in(await posted.mailbox.next_to("third@example.org"))
    await posted.served.browser().post_json("/api/auth/request-password-reset", {"email": NEW})
    posted.served.clock.advance(timedelta(hours=71))

    answers = [(await use(posted.served, UNDO, undo)).status_code for _ in range(2)]

    assert answers == [204, 400]
    assert (await browser.post_json("/api/auth/refresh")).status_code == 401
    assert (await log_in(posted.served, ADA), await log_in(posted.served, NEW)) == (401, 401)
    assert (await use(posted.served, CONFIRM, pending)).status_code == 400
    rows = await rows_about(posted.served.auth.database, UUID(signed_in["user_id"]), None, 30)
    assert [json.loads(row.data) for row in rows if row.type == "account.email_change_undone"] == [
        {
            "addresses_removed": 1,
            "password_ended": True,
            "passkeys_removed": 0,
            "authenticator_removed": False,
            "recovery_codes_removed": False,
            "identities_removed": 0,
        }
    ]


async def test_after_an_undo_the_password_counts_nowhere_and_another_comes_by_mail(posted: Posted) -> None:
    served = posted.served
    protected = await enrolled(served)
    await protected.step_up()
    await posted.mailbox.next_to(ADA)  # the notice of it
    await served.auth.database.execute("UPDATE totp_credentials SET confirmed_at = confirmed_at - interval '1 day'")
    await served.auth.database.execute("UPDATE recovery_codes SET created_at = created_at - interval '1 day'")
    served.clock.advance(timedelta(minutes=1))
    await protected.browser.post_json(CHANGE, {"email": NEW}, **bearer(protected.signed_in))
    await use(served, CONFIRM, token_in(await posted.mailbox.next_to(NEW)))
    undo = token_in(await posted.mailbox.next_to(ADA, 1))
    half_in = (await served.browser().post_json("/api/auth/login", {"email": NEW, "password": PASSWORD})).json()

    assert (await use(served, UNDO, undo)).status_code == 204

    begun = await protected.second_step(half_in["mfa_token"], protected.next_code(), served.browser())
    assert begun.status_code == 401
    assert await log_in(served, ADA) == 401
    await until(lambda: any("taken back" in str(letter["subject"]) for letter in posted.mailbox.to(ADA)))
    letters_before = len(posted.mailbox.to(ADA))
    await served.browser().post_json("/api/auth/request-password-reset", {"email": ADA})
    token = token_in(await posted.mailbox.next_to(ADA, letters_before))
    again = await served.browser().post_json("/api/auth/reset-password", {"token": token, "new_password": PASSWORD})
    assert (again.status_code, again.json()["reason"]) == (422, "same")
    chosen = {"token": token, "new_password": "nineteen violet otters juggle"}
    assert (await served.browser().post_json("/api/auth/reset-password", chosen)).status_code == 204
    back = await served.browser().post_json("/api/auth/login", {"email": ADA, "password": chosen["new_password"]})
    assert (back.status_code, back.json()["mfa_required"]) == (200, True)  # the owner's second factor stays


async def test_a_chain_of_changes_is_taken_back_from_its_beginning(posted: Posted) -> None:
    browser, _, undo = await changed(posted)
    refreshed = (await browser.post_json("/api/auth/refresh")).json()
    await browser.post_json(CHANGE, {"email": "third@example.org"}, **bearer(refreshed))
    await use(posted.served, CONFIRM, token_in(await posted.mailbox.next_to("third@example.org")))
    second_undo = token_in(await posted.mailbox.next_to(NEW, 2))

    assert (await use(posted.served, UNDO, undo)).status_code == 204
    assert (await use(posted.served, UNDO, second_undo)).status_code == 400
    assert await primary_addresses(posted) == [ADA]


async def test_nobody_takes_the_old_address_while_the_change_can_be_undone(posted: Posted) -> None:
    _, _, undo = await changed(posted)
    bob, bob_signed_in = await posted.served.person("bob@example.org")
    asked = await bob.post_json(CHANGE, {"email": ADA}, **bearer(bob_signed_in))

    assert asked.status_code == 202
    assert (await use(posted.served, UNDO, undo)).status_code == 204
    assert len(posted.mailbox.to(ADA)) == 1  # the notice; nothing for Bob


async def test_after_three_days_the_change_stands_and_the_old_address_is_free(posted: Posted) -> None:
    _, _, undo = await changed(posted)
    posted.served.clock.advance(timedelta(hours=73))
    await sweep(posted.served.auth)

    assert (await use(posted.served, UNDO, undo)).status_code == 400
    rows = await posted.served.auth.database.fetch("SELECT email FROM user_emails")
    assert [row["email"] for row in rows] == [NEW]


async def test_the_address_of_somebody_else_is_not_told_and_not_given(posted: Posted) -> None:
    browser, signed_in = await posted.served.claimed()
    await posted.served.person("bob@example.org")

    answers = [
        await browser.post_json(CHANGE, {"email": email}, **bearer(signed_in))
        for email in ("Bob@example.org", "free@example.org")
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (202, b'{"expires_in":86400,"retry_after_seconds":60}')
    }
    await posted.mailbox.next_to("free@example.org")
    assert posted.mailbox.recipients == ["free@example.org"]


async def test_of_two_who_want_one_address_the_first_to_confirm_gets_it(posted: Posted) -> None:
    ada, ada_signed_in = await posted.served.claimed()
    bob, bob_signed_in = await posted.served.person("bob@example.org")
    await ada.post_json(CHANGE, {"email": NEW}, **bearer(ada_signed_in))
    of_ada = token_in(await posted.mailbox.next_to(NEW))
    posted.served.clock.advance(timedelta(minutes=1))
    await bob.post_json(CHANGE, {"email": NEW}, **bearer(bob_signed_in))
    of_bob = token_in(await posted.mailbox.next_to(NEW, 1))

    answers = [await use(posted.served, CONFIRM, token) for token in (of_bob, of_ada)]

    assert [answer.status_code for answer in answers] == [204, 409]
    assert answers[1].json()["code"] == "email_taken"
    assert (await state(ada, ada_signed_in))["email"] == ADA


async def test_changing_it_asks_for_a_recent_proof(posted: Posted) -> None:
    browser, _ = await posted.served.claimed()
    posted.served.clock.advance(timedelta(minutes=11))
    refreshed = (await browser.post_json("/api/auth/refresh")).json()

    answer = await browser.post_json(CHANGE, {"email": NEW}, **bearer(refreshed))

    assert (answer.status_code, answer.json()["code"]) == (401, "insufficient_user_authentication")


@pytest.mark.parametrize("path", [f"{VERIFY}/request", CHANGE])
async def test_without_a_session_or_a_mail_server_it_is_refused(served: ServedAuth, path: str) -> None:
    browser, signed_in = await served.claimed()
    body = {"email": NEW} if path == CHANGE else {}

    anonymous = await served.browser().post_json(path, body)
    without_mail = await browser.post_json(path, body, **bearer(signed_in))

    assert anonymous.status_code == 401
    assert (without_mail.status_code, without_mail.json()["code"]) == (409, "mail_off")

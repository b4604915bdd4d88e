"""Changing one's own password: the old one is asked for, the policy holds, every other session ends."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.auth.audited import rows_about
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, ServedAuth, bearer

NEW = "a wholly different sentence"
CHANGE = {"current_password": PASSWORD, "new_password": NEW}
PATH = "/api/auth/change-password"


async def test_the_new_password_counts_from_now_on_and_the_old_one_no_more(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    other = served.browser()
    await other.post_json("/api/auth/login", {"email": ADMINISTRATOR["email"], "password": PASSWORD})

    answer = await browser.post_json(PATH, CHANGE, **bearer(signed_in))

    assert answer.status_code == 204
    assert (await other.post_json("/api/auth/refresh")).status_code == 401
    assert (await browser.post_json("/api/auth/refresh")).status_code == 200
    statuses = [
        (await served.browser().post_json("/api/auth/login", {"email": ADMINISTRATOR["email"], "password": each}))
        for each in (PASSWORD, NEW)
    ]
    assert [status.status_code for status in statuses] == [401, 200]
    rows = await rows_about(served.auth.database, UUID(signed_in["user_id"]), None, 20)
    assert [row.data for row in rows if row.type == "account.password_changed"] == ['{"sessions_ended": 1}']


async def test_a_wrong_old_password_changes_nothing_and_is_written_down(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()

    answer = await browser.post_json(PATH, CHANGE | {"current_password": "not this one at all"}, **bearer(signed_in))

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_rejected")
    assert "not this one" not in answer.text
    assert (await browser.get("/api/auth/session", headers=bearer(signed_in))).status_code == 200
    rows = await rows_about(served.auth.database, UUID(signed_in["user_id"]), None, 1)
    assert (rows[0].type, rows[0].outcome) == ("account.password_changed", "failure")


@pytest.mark.parametrize("weak", ["tiny", "x" * 1025, "password1", "ada@example.org", "emergence2026"])
async def test_the_policy_holds(served: ServedAuth, weak: str) -> None:
    browser, signed_in = await served.claimed()

    answer = await browser.post_json(PATH, CHANGE | {"new_password": weak}, **bearer(signed_in))

    assert answer.status_code == 422
    assert weak not in answer.text


@pytest.mark.parametrize(
    ("current", "new"), [(PASSWORD, PASSWORD), ("caf\u00e9 by the quiet weir", "cafe\u0301 by the quiet weir")]
)
async def test_the_password_before_is_no_new_one(served: ServedAuth, current: str, new: str) -> None:
    browser, signed_in = await served.claimed(password=current)

    answer = await browser.post_json(PATH, {"current_password": current, "new_password": new}, **bearer(signed_in))

    assert (answer.status_code, answer.json()["code"], answer.json()["reason"]) == (422, "password_refused", "same")
    assert current not in answer.text
    log_in = {"email": ADMINISTRATOR["email"], "password": current}
    assert (await served.browser().post_json("/api/auth/login", log_in)).status_code == 200


async def test_a_stolen_open_session_cannot_guess_for_long(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    wrong = CHANGE | {"current_password": "not this one at all"}

    statuses = [(await browser.post_json(PATH, wrong, **bearer(signed_in))).status_code for _ in range(12)]

    assert statuses[:10] == [401] * 10
    assert statuses[-1] == 429
    served.clock.advance(timedelta(minutes=4))
    assert (await browser.post_json(PATH, CHANGE, **bearer(signed_in))).status_code == 204


async def test_only_the_person_themself_and_only_while_signed_in(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    await browser.post_json("/api/auth/logout", **bearer(signed_in))

    assert (await browser.post_json(PATH, CHANGE)).status_code == 401
    assert (await browser.post_json(PATH, CHANGE, **bearer(signed_in))).status_code == 401

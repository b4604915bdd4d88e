"""The first password of an account that was made without one: chosen by its owner, once, after a fresh proof."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from emergence.auth.store import users
from tests.auth.audited import rows_about
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, Browser, ServedAuth, bearer

PATH = "/api/auth/set-password"
NEW = "a wholly different sentence"


async def without_password(served: ServedAuth) -> tuple[Browser, dict[str, str]]:
    """Return somebody who is signed in and whose account has no password."""
    browser, signed_in = await served.claimed()
    await served.auth.database.execute("DELETE FROM password_credentials")
    return browser, signed_in


async def log_in(served: ServedAuth, password: str) -> int:
    body = {"email": ADMINISTRATOR["email"], "password": password}
    return (await served.browser().post_json("/api/auth/login", body)).status_code


async def test_it_signs_in_from_now_on_and_open_sessions_go_on(served: ServedAuth) -> None:
    browser, signed_in = await without_password(served)

    answer = await browser.post_json(PATH, {"new_password": NEW}, **bearer(signed_in))

    assert answer.status_code == 204
    assert (await browser.post_json("/api/auth/refresh")).status_code == 200
    assert await log_in(served, NEW) == 200
    rows = await rows_about(served.auth.database, UUID(signed_in["user_id"]), None, 20)
    assert [row.outcome for row in rows if row.type == "account.password_set"] == ["success"]


async def test_whoever_has_one_changes_it_instead(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()

    answer = await browser.post_json(PATH, {"new_password": NEW}, **bearer(signed_in))

    assert (answer.status_code, answer.json()["code"]) == (409, "has_password")
    assert await log_in(served, PASSWORD) == 200


async def test_it_asks_for_a_recent_proof_and_a_token(served: ServedAuth) -> None:
    browser, _ = await without_password(served)
    served.clock.advance(timedelta(minutes=11))
    stale = (await browser.post_json("/api/auth/refresh")).json()

    answer = await browser.post_json(PATH, {"new_password": NEW}, **bearer(stale))

    assert (answer.status_code, answer.json()["code"]) == (401, "insufficient_user_authentication")
    assert (await browser.post_json(PATH, {"new_password": NEW})).status_code == 401


@pytest.mark.parametrize("weak", ["tiny", "x" * 1025, "password1", "ada@example.org", 7, None])
async def test_the_policy_holds(served: ServedAuth, weak: object) -> None:
    browser, signed_in = await without_password(served)

    answer = await browser.post_json(PATH, {"new_password": weak}, **bearer(signed_in))

    assert answer.status_code == 422
    assert await served.auth.database.fetch("SELECT FROM password_credentials") == []


async def test_a_password_that_was_ended_is_not_chosen_again_nor_signs_in(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    async with served.auth.database.transaction() as tx:
        assert await users.end_password(tx, UUID(signed_in["user_id"]), served.clock.now())
    assert await log_in(served, PASSWORD) == 401

    answer = await browser.post_json(PATH, {"new_password": PASSWORD}, **bearer(signed_in))

    assert (answer.status_code, answer.json()["reason"]) == (422, "same")
    assert (await browser.post_json(PATH, {"new_password": NEW}, **bearer(signed_in))).status_code == 204
    back = {"current_password": NEW, "new_password": PASSWORD}
    changed = await browser.post_json("/api/auth/change-password", back, **bearer(signed_in))
    assert (changed.status_code, changed.json()["reason"]) == (422, "same")


async def test_of_two_at_once_one_is_kept(served: ServedAuth) -> None:
    browser, signed_in = await without_password(served)
    chosen = [NEW, f"{NEW} again"]

    answers = await asyncio.gather(
        *(browser.post_json(PATH, {"new_password": each}, **bearer(signed_in)) for each in chosen)
    )

    assert sorted(answer.status_code for answer in answers) == [204, 409]
    kept = chosen[[answer.status_code for answer in answers].index(204)]
    assert [await log_in(served, each) for each in chosen] == [200 if each == kept else 401 for each in chosen]

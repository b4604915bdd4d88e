"""Deleting an account: shut at once, erased a week later, kept after all by whoever proves to be its owner."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from emergence.auth.sweep import sweep
from tests.auth.audited import rows_about
from tests.auth.published import published
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, REFRESH_COOKIE, Browser, ServedAuth, bearer
from tests.auth.test_second_factor import enrolled

EVE = "eve@example.org"
LOG_IN = {"email": EVE, "password": PASSWORD}
WEEK = timedelta(days=7)
UNDELETE = "/api/auth/me/undelete"


async def delete(browser: Browser, signed_in: dict[str, Any], path: str = "/api/auth/me") -> Any:
    headers = {**bearer(signed_in), "content-type": "application/json"}
    return await browser.request("DELETE", path, headers=headers, content="{}")


async def stored_status(served: ServedAuth, user_id: str) -> str:
    row = await served.auth.database.fetchrow("SELECT status FROM users WHERE id = $1", UUID(user_id))
    assert row is not None
    status: str = row["status"]
    return status


async def until_erased(served: ServedAuth, signed_in: dict[str, Any]) -> None:
    """Sweep until it is done: the service's own sweep, woken by the clock, may be at it."""
    async with asyncio.timeout(10):
        while await stored_status(served, signed_in["user_id"]) != "deleted":
            await sweep(served.auth)


async def test_the_account_is_shut_at_once_everywhere(served: ServedAuth) -> None:
    await served.claimed()
    browser, eve = await served.person(EVE)
    phone = served.browser()
    on_phone = (await phone.post_json("/api/auth/login", LOG_IN)).json()

    answer = await delete(browser, eve)

    assert answer.status_code == 202
    assert answer.json() == {"due_at": (served.clock.now() + WEEK).isoformat().replace("+00:00", "Z")}
    assert REFRESH_COOKIE not in browser.cookies  # what it is known by as a device stays
    assert (await browser.get("/api/auth/session", headers=bearer(eve))).status_code == 401
    assert (await phone.get("/api/auth/session", headers=bearer(on_phone))).status_code == 401
    assert (await phone.post_json("/api/auth/refresh")).status_code == 401
    types = [row.type for row in await rows_about(served.auth.database, UUID(eve["user_id"]), None, 50)]
    assert types[0] == "account.deletion_requested"
    assert types.count("session.revoked") == 2


async def test_signing_in_during_the_week_says_the_day_and_offers_to_keep_it(served: ServedAuth) -> None:
    await served.claimed()
    browser, eve = await served.person(EVE)
    due_at = (await delete(browser, eve)).json()["due_at"]
    served.clock.advance(WEEK - timedelta(hours=1))

    refused = await browser.post_json("/api/auth/login", LOG_IN)
    wrong = await browser.post_json("/api/auth/login", {**LOG_IN, "password": "something else entirely"})
    kept = await browser.post_json(UNDELETE, {"undo_token": refused.json()["undo_token"]})
    again = await browser.post_json(UNDELETE, {"undo_token": refused.json()["undo_token"]})

    assert (refused.status_code, refused.json()["code"]) == (409, "deletion_pending")
    assert refused.json()["due_at"].replace("+00:00", "Z") == due_at
    assert (wrong.status_code, wrong.json()["code"]) == (401, "credentials_rejected")
    assert (kept.status_code, again.status_code, again.json()["code"]) == (204, 409, "undo_rejected")
    assert (await browser.post_json("/api/auth/login", LOG_IN)).status_code == 200
    served.clock.advance(WEEK)
    await sweep(served.auth)
    assert (await browser.post_json("/api/auth/login", LOG_IN)).status_code == 200


async def test_the_offer_comes_after_the_second_factor_only(served: ServedAuth) -> None:
    ada = await enrolled(served)
    await ada.step_up()
    await served.auth.database.execute("UPDATE users SET role = 'member'")
    assert (await delete(ada.browser, ada.signed_in)).status_code == 202
    browser = served.browser()

    first = await browser.post_json("/api/auth/login", {"email": ADMINISTRATOR["email"], "password": PASSWORD})
    second = await ada.second_step(first.json()["mfa_token"], ada.next_code(), browser)

    assert first.status_code == 200
    assert "undo_token" not in first.json()
    assert (second.status_code, second.json()["code"]) == (409, "deletion_pending")
    assert dict(browser.cookies) == {}
    undone = await browser.post_json(UNDELETE, {"undo_token": second.json()["undo_token"]})
    assert undone.status_code == 204
    token = await ada.first_step(browser)
    assert (await ada.second_step(token, ada.next_code(), browser)).status_code == 200


async def test_the_token_of_an_offer_opens_nothing_else_and_is_over_soon(served: ServedAuth) -> None:
    await served.claimed()
    browser, eve = await served.person(EVE)
    await delete(browser, eve)
    token = (await browser.post_json("/api/auth/login", LOG_IN)).json()["undo_token"]

    as_bearer = await browser.get("/api/auth/session", headers={"authorization": f"Bearer {token}"})
    as_step = await browser.post_json("/api/auth/login/mfa", {"mfa_token": token, "code": "123456"})
    served.clock.advance(timedelta(minutes=10, seconds=1))
    late = await browser.post_json(UNDELETE, {"undo_token": token})
    invented = await browser.post_json(UNDELETE, {"undo_token": "x" * 43})
    more = await browser.post_json(UNDELETE, {"undo_token": token, "user_id": eve["user_id"]})

    statuses = [each.status_code for each in (as_bearer, as_step, late, invented, more)]
    assert statuses == [401, 401, 409, 409, 422]
    assert await stored_status(served, eve["user_id"]) == "deletion_pending"


async def test_after_the_week_the_person_is_gone_and_the_others_hear_of_it_once(served: ServedAuth) -> None:
    await served.claimed()
    browser, eve = await served.person(EVE)
    await delete(browser, eve)
    token = (await browser.post_json("/api/auth/login", LOG_IN)).json()["undo_token"]
    served.clock.advance(WEEK)

    refused = await browser.post_json("/api/auth/login", LOG_IN)
    too_late = await browser.post_json(UNDELETE, {"undo_token": token})
    await asyncio.gather(*(sweep(served.auth) for _ in range(3)))
    await until_erased(served, eve)

    assert (refused.status_code, too_late.status_code) == (401, 409)
    user = await served.auth.database.fetchrow("SELECT * FROM users WHERE id = $1", UUID(eve["user_id"]))
    assert user is not None
    assert (user["display_name"], user["status"], user["role"]) == ("", "deleted", "guest")
    assert user["deleted_at"] == served.clock.now()
    events = await served.auth.database.fetch("SELECT actor, subject FROM audit_log WHERE type = 'account.erased'")
    assert len(events) == 1
    assert (await browser.post_json("/api/auth/login", LOG_IN)).json()["code"] == "credentials_rejected"
    _, another = await served.person(EVE)  # the address is free again, for somebody else
    assert another["user_id"] != eve["user_id"]
    assert await published(served, "auth.user_deleted.v1") == [{"user_id": eve["user_id"]}]


async def test_the_audit_log_stays_whole_and_speaks_of_nobody(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person(EVE)
    await delete(eve_browser, eve)
    served.clock.advance(WEEK)
    await until_erased(served, eve)
    ada = (await browser.post_json("/api/auth/login", {"email": "ada@example.org", "password": PASSWORD})).json()

    page = (await browser.get("/api/auth/admin/audit", headers=bearer(ada))).json()
    whole = (await browser.get("/api/auth/admin/audit/verify", headers=bearer(ada))).json()

    assert whole == {"rows": len(page["events"]), "broken_at": None}
    erased = next(each for each in page["events"] if each["type"] == "account.erased")
    assert (erased["subject"], erased["subject_name"]) == (None, None)
    assert eve["user_id"] not in str(page)
    assert await rows_about(served.auth.database, UUID(eve["user_id"]), None, 10) == []


async def test_the_last_administrator_stays(served: ServedAuth) -> None:
    browser, ada = await served.claimed()

    answer = await delete(browser, ada)

    assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
    assert (await browser.get("/api/auth/session", headers=bearer(ada))).status_code == 200


async def test_of_two_administrators_who_leave_at_once_one_stays(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    _, eve = await served.person(EVE)
    await served.auth.database.execute("UPDATE users SET role = 'admin'")
    eve_browser = served.browser()
    eve = (await eve_browser.post_json("/api/auth/login", LOG_IN)).json()

    answers = await asyncio.gather(delete(browser, ada), delete(eve_browser, eve))

    assert sorted(each.status_code for each in answers) == [202, 409]


async def test_the_owner_of_the_machine_may_leave_and_the_machine_has_none_then(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    await served.person(EVE)
    await served.auth.database.execute("UPDATE users SET role = 'admin'")
    await delete(browser, ada)
    served.clock.advance(WEEK)

    await until_erased(served, ada)

    row = await served.auth.database.fetchrow("SELECT owner_id, claimed_at FROM deployment")
    assert row is not None
    assert row["owner_id"] is None
    assert row["claimed_at"] is not None


async def test_it_asks_for_a_recent_proof(served: ServedAuth) -> None:
    await served.claimed()
    browser, _ = await served.person(EVE)
    served.clock.advance(timedelta(minutes=10, seconds=1))
    eve = (await browser.post_json("/api/auth/refresh")).json()

    answer = await delete(browser, eve)

    assert (answer.status_code, answer.json()["code"]) == (401, "insufficient_user_authentication")
    assert await stored_status(served, eve["user_id"]) == "active"


async def test_an_administrator_deletes_somebody_and_only_one_undoes_it(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person(EVE)
    path = f"/api/auth/admin/users/{eve['user_id']}"

    deleted = await delete(browser, ada, path)
    twice = await delete(browser, ada, path)
    told = await eve_browser.post_json("/api/auth/login", LOG_IN)
    listed = (await browser.get("/api/auth/admin/users", headers=bearer(ada))).json()["users"]
    shown = (await browser.get(path, headers=bearer(ada))).json()
    raised = [
        await browser.put(f"{path}/{what}", json=body, headers=bearer(ada))
        for what, body in (
            ("status", {"status": "active"}),
            ("status", {"status": "suspended"}),
            ("role", {"role": "guest"}),
            ("role", {"role": "admin"}),
        )
    ]
    unknown = await delete(browser, ada, f"/api/auth/admin/users/{uuid4()}")

    assert (deleted.status_code, twice.status_code, twice.json()["code"]) == (202, 409, "deletion_pending")
    assert (told.status_code, told.json()["code"]) == (409, "deletion_pending")
    assert "undo_token" not in told.json()
    assert told.json()["due_at"].replace("+00:00", "Z") == deleted.json()["due_at"]
    assert [each["status"] for each in listed] == ["active", "deletion_pending"]
    assert shown["deletion_due_at"] == deleted.json()["due_at"]
    assert unknown.status_code == 404
    assert [(each.status_code, each.json()["code"]) for each in raised] == [(409, "deletion_pending")] * 4
    assert {each.json()["detail"] for each in raised} == {
        "This account is about to be deleted. Keep it first, then change it."
    }
    assert (shown["role"], (await browser.get(path, headers=bearer(ada))).json()["role"]) == ("member", "member")
    assert (await browser.post_json(f"{path}/undelete", **bearer(ada))).status_code == 204
    assert (await browser.get(path, headers=bearer(ada))).json()["deletion_due_at"] is None
    assert (await browser.post_json(f"{path}/undelete", **bearer(ada))).status_code == 409
    assert (await eve_browser.post_json("/api/auth/login", LOG_IN)).status_code == 200


async def test_who_was_suspended_is_suspended_again_and_cannot_keep_the_account(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person(EVE)
    path = f"/api/auth/admin/users/{eve['user_id']}"
    await browser.put(f"{path}/status", json={"status": "suspended"}, headers=bearer(ada))
    await delete(browser, ada, path)

    assert "undo_token" not in (await eve_browser.post_json("/api/auth/login", LOG_IN)).json()
    assert (await browser.post_json(f"{path}/undelete", **bearer(ada))).status_code == 204
    assert await stored_status(served, eve["user_id"]) == "suspended"


async def test_undoing_and_erasing_at_the_same_moment_do_one_of_the_two(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    _, eve = await served.person(EVE)
    path = f"/api/auth/admin/users/{eve['user_id']}"
    await delete(browser, ada, path)
    served.clock.advance(WEEK - timedelta(seconds=1))
    ada = (await browser.post_json("/api/auth/login", {"email": "ada@example.org", "password": PASSWORD})).json()
    served.clock.advance(timedelta(seconds=1))

    undone, _ = await asyncio.gather(browser.post_json(f"{path}/undelete", **bearer(ada)), sweep(served.auth))

    await until_erased(served, eve)
    assert (undone.status_code, await stored_status(served, eve["user_id"])) in ((404, "deleted"), (409, "deleted"))


@pytest.mark.parametrize("forged", [{"sec-fetch-site": "cross-site"}, {"content-type": "text/plain"}])
async def test_another_sites_page_deletes_nobody(served: ServedAuth, forged: dict[str, str]) -> None:
    await served.claimed()
    browser, eve = await served.person(EVE)
    headers = {**bearer(eve), "content-type": "application/json", **forged}

    answer = await browser.request("DELETE", "/api/auth/me", headers=headers, content="{}")

    assert answer.status_code == 403
    assert await stored_status(served, eve["user_id"]) == "active"

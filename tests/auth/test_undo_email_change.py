"""The owner's link that takes a change of address back, against somebody who holds the account meanwhile."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from emergence.auth.store import deletions, people
from emergence.auth.store.deletions import Deletion
from emergence.auth.sweep import sweep
from tests.auth.audited import rows_about
from tests.auth.mailbox import Posted
from tests.auth.served_auth import PASSWORD, Browser, bearer
from tests.auth.test_deletion import UNDELETE, delete, stored_status
from tests.auth.test_email_address import ADA, CHANGE, CONFIRM, UNDO, primary_addresses, use
from tests.auth.test_thief_changes_email import EVIL, letter_with

EVIL2 = "evil2@evil.example"
EVE = "eve@example.org"


async def change_to(posted: Posted, browser: Browser, signed_in: dict[str, Any], email: str) -> dict[str, Any]:
    """Change the address, a minute later go on in the same browser."""
    asked = await browser.post_json(CHANGE, {"email": email}, **bearer(signed_in))
    assert asked.status_code == 202, asked.text
    confirmed = await use(posted.served, CONFIRM, await letter_with(posted, "confirm-email", email))
    assert confirmed.status_code == 204, confirmed.text
    posted.served.clock.advance(timedelta(minutes=1))
    refreshed: dict[str, Any] = (await browser.post_json("/api/auth/refresh")).json()
    return refreshed


async def addresses(posted: Posted) -> list[str]:
    rows = await posted.served.auth.database.fetch("SELECT email FROM user_emails ORDER BY NOT is_primary, email")
    return [row["email"] for row in rows]


async def test_the_thiefs_own_undo_does_not_end_the_owners(posted: Posted) -> None:
    browser, signed_in = await posted.served.claimed()
    signed_in = await change_to(posted, browser, signed_in, EVIL)
    owners = await letter_with(posted, "undo-email", ADA)
    await change_to(posted, browser, signed_in, EVIL2)
    thiefs = await letter_with(posted, "undo-email", EVIL)

    assert (await use(posted.served, UNDO, thiefs)).status_code == 204
    assert await primary_addresses(posted) == [EVIL]
    posted.served.clock.advance(timedelta(hours=71))
    await sweep(posted.served.auth)

    answers = [(await use(posted.served, UNDO, owners)).status_code for _ in range(2)]
    assert answers == [204, 400]
    assert await primary_addresses(posted) == [ADA]


async def test_the_owners_undo_ends_those_of_the_changes_after_it(posted: Posted) -> None:
    browser, signed_in = await posted.served.claimed()
    signed_in = await change_to(posted, browser, signed_in, EVIL)
    owners = await letter_with(posted, "undo-email", ADA)
    await change_to(posted, browser, signed_in, EVIL2)
    thiefs = await letter_with(posted, "undo-email", EVIL)

    answers = [(await use(posted.served, UNDO, token)).status_code for token in (owners, thiefs)]

    assert answers == [204, 400]
    assert await primary_addresses(posted) == [ADA]


async def eves_account_in_other_hands(posted: Posted) -> tuple[Browser, dict[str, Any], str]:
    """Change Eve's address, and return the browser that did, and what takes it back."""
    await posted.served.claimed()
    browser, signed_in = await posted.served.person(EVE)
    signed_in = await change_to(posted, browser, signed_in, EVIL)
    return browser, signed_in, await letter_with(posted, "undo-email", EVE)


async def test_an_undo_cancels_the_deletion_that_was_asked_for_since(posted: Posted) -> None:
    served = posted.served
    browser, signed_in, undo = await eves_account_in_other_hands(posted)
    assert (await delete(browser, signed_in)).status_code == 202
    offer = (await served.browser().post_json("/api/auth/login", {"email": EVIL, "password": PASSWORD})).json()

    assert (await use(served, UNDO, undo)).status_code == 204

    assert await stored_status(served, signed_in["user_id"]) == "active"
    kept = await served.browser().post_json(UNDELETE, {"undo_token": offer["undo_token"]})
    assert (kept.status_code, kept.json()["code"]) == (409, "undo_rejected")
    rows = await rows_about(served.auth.database, UUID(signed_in["user_id"]), None, 30)
    assert [row.type for row in rows][:2] == ["account.email_change_undone", "account.deletion_cancelled"]
    served.clock.advance(timedelta(days=8))
    await sweep(served.auth)
    assert await stored_status(served, signed_in["user_id"]) == "active"
    assert EVE in await primary_addresses(posted)


async def test_an_owner_who_kept_the_account_after_an_undo_may_still_delete_it(posted: Posted) -> None:
    served = posted.served
    _, _, undo = await eves_account_in_other_hands(posted)
    assert (await use(served, UNDO, undo)).status_code == 204
    owner = served.browser()
    await owner.post_json("/api/auth/request-password-reset", {"email": EVE})
    body = {"token": await letter_with(posted, "reset-password", EVE), "new_password": "nineteen violet otters juggle"}
    assert (await owner.post_json("/api/auth/reset-password", body)).status_code == 204
    back = await owner.post_json("/api/auth/login", {"email": EVE, "password": body["new_password"]})
    assert back.status_code == 200, back.text

    assert (await delete(owner, back.json())).status_code == 202
    log_in = {"email": EVE, "password": body["new_password"]}
    offer = (await served.browser().post_json("/api/auth/login", log_in)).json()
    kept = await served.browser().post_json(UNDELETE, {"undo_token": offer["undo_token"]})
    assert kept.status_code == 204, kept.text


async def test_what_an_administrator_deletes_stays_shut(posted: Posted) -> None:
    served = posted.served
    _, signed_in, undo = await eves_account_in_other_hands(posted)
    now, user_id = served.clock.now(), UUID(signed_in["user_id"])
    async with served.auth.database.transaction() as tx:
        assert await deletions.begin_deletion(tx, user_id, Deletion(now + timedelta(days=7), is_own=False), now)

    assert (await use(served, UNDO, undo)).status_code == 204

    assert await stored_status(served, signed_in["user_id"]) == "deletion_pending"
    assert EVE in await primary_addresses(posted)


async def test_a_suspended_account_stays_as_it_is(posted: Posted) -> None:
    _, signed_in, undo = await eves_account_in_other_hands(posted)
    async with posted.served.auth.database.transaction() as tx:
        await people.set_status(tx, UUID(signed_in["user_id"]), "suspended")

    assert (await use(posted.served, UNDO, undo)).status_code == 400
    assert EVIL in await primary_addresses(posted)


async def test_a_letter_that_is_three_days_old_takes_nothing_back_and_cancels_nothing(posted: Posted) -> None:
    served = posted.served
    browser, signed_in, undo = await eves_account_in_other_hands(posted)
    assert (await delete(browser, signed_in)).status_code == 202
    served.clock.advance(timedelta(hours=72))

    assert (await use(served, UNDO, undo)).status_code == 400
    assert await stored_status(served, signed_in["user_id"]) == "deletion_pending"

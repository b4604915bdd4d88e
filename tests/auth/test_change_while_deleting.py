"""Changing an account at the moment at which it is deleted: one comes first, and a shut account stays as it is."""

import asyncio

import pytest

from tests.auth.served_auth import ServedAuth, bearer
from tests.auth.test_deletion import EVE, delete, stored_status


@pytest.mark.parametrize("change", [("role", {"role": "admin"}), ("status", {"status": "suspended"})])
async def test_of_a_change_and_a_deletion_at_once_none_is_made_of_an_account_that_is_shut(
    served: ServedAuth, change: tuple[str, dict[str, str]]
) -> None:
    browser, ada = await served.claimed()
    _, eve = await served.person(EVE)
    path = f"/api/auth/admin/users/{eve['user_id']}"
    what, body = change

    deleted, changed = await asyncio.gather(
        delete(browser, ada, path), browser.put(f"{path}/{what}", json=body, headers=bearer(ada))
    )

    assert deleted.status_code == 202
    assert changed.status_code in (204, 409)
    assert await stored_status(served, eve["user_id"]) == "deletion_pending"
    role = (await browser.get(path, headers=bearer(ada))).json()["role"]
    if what == "role":
        assert role == ("admin" if changed.status_code == 204 else "member")

"""The other services learn that an account is shut, whoever is signed in with it."""

import pytest

from tests.auth.published import published
from tests.auth.served_auth import ServedAuth, bearer
from tests.auth.test_administer import put


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_the_other_services_learn_of_an_account_that_is_shut_also_when_nobody_is_signed_in_with_it(
    served: ServedAuth, is_deleted: bool
) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")
    assert (await eve_browser.post_json("/api/auth/logout", **bearer(eve))).status_code == 204

    if is_deleted:
        headers = bearer(ada) | {"content-type": "application/json"}
        await browser.request("DELETE", f"/api/auth/admin/users/{eve['user_id']}", headers=headers, content="{}")
    else:
        await put(browser, ada, eve["user_id"], "status", {"status": "suspended"})
        await put(browser, ada, eve["user_id"], "status", {"status": "active"})

    assert await published(served, "auth.account_shut.v1") == [{"user_id": eve["user_id"]}]

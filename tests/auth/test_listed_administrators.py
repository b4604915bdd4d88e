"""AUTH_ADMIN_EMAILS in production: whose verified address it names is administrator, for as long as it does."""

from uuid import UUID

import pytest

from emergence.auth.store import people
from emergence.contracts.auth.values import Role
from tests.auth.audited import rows_about
from tests.auth.served_auth import PASSWORD, PUBLIC_URL, Browser, ServedAuth, auth_environ, served_auth

BOB = "bob@example.org"
PRODUCTION = {"EMERGENCE_ENV": "production", "EMERGENCE_PUBLIC_URL": PUBLIC_URL}
VERIFY = "UPDATE user_emails SET verified_at = now() WHERE email_norm = 'bob@example.org'"


async def role(browser: Browser) -> str:
    answer = await browser.post_json("/api/auth/refresh")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["role"])


async def signed_in_again(served: ServedAuth) -> Browser:
    browser = served.browser()
    await browser.post_json("/api/auth/login", {"email": BOB, "password": PASSWORD})
    return browser


async def test_only_a_verified_address_makes_an_administrator(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, **PRODUCTION, AUTH_ADMIN_EMAILS=" BOB@example.org ")) as served:
        browser, signed_in = await served.person(BOB)
        other, _ = await served.person("eve@example.org")
        before = await role(browser)
        await served.auth.database.execute(VERIFY)

        assert (before, await role(browser), await role(browser), await role(other)) == (
            "member",
            "admin",
            "admin",
            "member",
        )
        rows = await rows_about(served.auth.database, UUID(signed_in["user_id"]), None, 10)
        assert [row.type for row in rows].count("admin.role_changed") == 1


@pytest.mark.parametrize("listed", ["", "somebody@example.org"])
async def test_who_is_listed_no_longer_loses_it_unless_they_are_the_last(database_url: str, listed: str) -> None:
    environ = auth_environ(database_url, **PRODUCTION)
    async with served_auth(environ | {"AUTH_ADMIN_EMAILS": BOB}) as served:
        browser, _ = await served.person(BOB)
        await served.auth.database.execute(VERIFY)
        assert await role(browser) == "admin"
    async with served_auth(environ | {"AUTH_ADMIN_EMAILS": listed}, served.clock) as later:
        again = await signed_in_again(later)
        alone = await role(again)
        _, other = await later.person("eve@example.org")
        async with later.auth.database.transaction() as tx:
            await people.set_role(tx, UUID(other["user_id"]), Role.ADMIN)

        ended = await again.post_json("/api/auth/refresh")
        assert (alone, ended.status_code, ended.json()["code"]) == ("admin", 401, "login_session_ended")
        assert await role(await signed_in_again(later)) == "member"


async def test_a_role_that_was_given_by_hand_stays(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, **PRODUCTION, AUTH_ADMIN_EMAILS="x@example.org")) as served:
        for email in (BOB, "eve@example.org"):
            browser, signed_in = await served.person(email)
            async with served.auth.database.transaction() as tx:
                await people.set_role(tx, UUID(signed_in["user_id"]), Role.ADMIN)

        assert await role(browser) == "admin"


async def test_locally_the_list_changes_nobody(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, AUTH_ADMIN_EMAILS=BOB)) as served:
        browser, _ = await served.person(BOB)
        await served.auth.database.execute(VERIFY)

        assert await role(browser) == "member"

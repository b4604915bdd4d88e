"""Whoever lost the administration does not come back by what they left: an invitation, or a place on the allowlist."""

import asyncio
from uuid import UUID

import pytest

from emergence.auth.may_join import may_join
from emergence.auth.store import people
from emergence.contracts.auth.values import Role
from tests.auth.joining.newcomers import NEW, SHOW, Administrator, accept, administrator
from tests.auth.open_id_provider import OpenIdProvider
from tests.auth.served_auth import PASSWORD, PUBLIC_URL, ServedAuth, auth_environ, served_auth
from tests.auth.served_with_providers import provider_settings, served_with, session_of, sign_in
from tests.auth.test_listed_administrators import VERIFY

BOB = "bob@example.org"


async def second_administrator(served: ServedAuth) -> Administrator:
    browser, bob = await served.person(BOB)
    async with served.auth.database.transaction() as tx:
        await people.set_role(tx, UUID(bob["user_id"]), Role.ADMIN)
    signed_in = (await browser.post_json("/api/auth/login", {"email": BOB, "password": PASSWORD})).json()
    return Administrator(browser, signed_in)


async def another_administrator(served: ServedAuth) -> None:
    _, eve = await served.person("eve@example.org")
    async with served.auth.database.transaction() as tx:
        await people.set_role(tx, UUID(eve["user_id"]), Role.ADMIN)


async def lose(ada: Administrator, bob: Administrator, what: str) -> None:
    """Take the role from Bob, or suspend him, or delete his account."""
    path = f"/api/auth/admin/users/{bob.signed_in['user_id']}"
    asked = {
        "role": ("PUT", f"{path}/role", {"role": "member"}),
        "status": ("PUT", f"{path}/status", {"status": "suspended"}),
        "account": ("DELETE", path, {}),
    }
    method, at, body = asked[what]
    answer = await ada.ask(method, at, json=body)
    assert answer.status_code in (202, 204), answer.text


def token_of(invited: dict[str, str]) -> str:
    return invited["link"].partition("#")[2]


async def role_of(served: ServedAuth, email_norm: str = NEW) -> Role | None:
    async with served.auth.database.transaction() as tx:
        return await may_join(served.auth, tx, email_norm)


@pytest.mark.parametrize("what", ["role", "status", "account"])
async def test_the_invitation_of_an_administrator_is_over_with_its_author(served: ServedAuth, what: str) -> None:
    ada, bob = await administrator(served), await second_administrator(served)
    token = token_of(await bob.invited(role="admin"))
    assert (await served.browser().post_json(SHOW, {"token": token})).status_code == 200

    await lose(ada, bob, what)

    shown = await served.browser().post_json(SHOW, {"token": token})
    taken = await accept(served.browser(), token)
    unknown = await accept(served.browser(), "x" * 43)
    assert [(each.status_code, each.json()["code"]) for each in (shown, taken, unknown)] == [(400, "link_invalid")] * 3
    found = await served.auth.database.fetchrow("SELECT FROM user_emails WHERE email_norm = $1", NEW)
    assert found is None


async def test_the_list_says_which_invitations_let_nobody_in(served: ServedAuth) -> None:
    ada, bob = await administrator(served), await second_administrator(served)
    invited = await bob.invited(role="admin")
    await bob.invited("member@example.org", role="member")
    await ada.invited("other@example.org", role="admin")
    assert await ada.states() == ["open"] * 3

    await lose(ada, bob, "role")

    assert await ada.states() == ["open", "open", "unvouched"]
    again = await ada.resend(invited["invitation"]["id"])
    assert again.json()["invitation"]["state"] == "open"
    assert await ada.states() == ["open"] * 3


async def test_an_invitation_of_a_member_stays_good(served: ServedAuth) -> None:
    ada, bob = await administrator(served), await second_administrator(served)
    token = token_of(await bob.invited(role="member"))

    await lose(ada, bob, "role")

    joined = await accept(served.browser(), token)
    assert (joined.status_code, joined.json()["role"]) == (200, "member")


async def test_another_administrator_stands_for_it_by_sending_it_again(served: ServedAuth) -> None:
    ada, bob = await administrator(served), await second_administrator(served)
    invited = await bob.invited(role="admin")
    await lose(ada, bob, "role")

    again = await ada.resend(invited["invitation"]["id"])

    assert again.status_code == 200, again.text
    joined = await accept(served.browser(), token_of(again.json()))
    assert (joined.status_code, joined.json()["role"]) == (200, "admin")


async def test_an_invitation_of_an_administrator_works_while_its_author_is_one(served: ServedAuth) -> None:
    await administrator(served)
    bob = await second_administrator(served)

    joined = await accept(served.browser(), token_of(await bob.invited(role="admin")))

    assert (joined.status_code, joined.json()["role"]) == (200, "admin")


async def test_a_demotion_at_the_same_time_leaves_either_an_administrator_of_before_or_none(
    served: ServedAuth,
) -> None:
    ada, bob = await administrator(served), await second_administrator(served)
    token = token_of(await bob.invited(role="admin"))

    joined, _ = await asyncio.gather(accept(served.browser(), token), lose(ada, bob, "role"))

    assert joined.status_code in (200, 400), joined.text
    late = await accept(served.browser(), token)
    assert late.status_code == 400


async def test_the_allowlist_of_a_former_administrator_lets_in_a_member(
    database_url: str, acme: OpenIdProvider
) -> None:
    async with served_with(database_url, [provider_settings(acme.issuer)], acme.clock) as served:
        ada, bob = await administrator(served), await second_administrator(served)
        for email in (NEW, "kept@example.org"):
            assert (await bob.allow(email, role="admin")).status_code == 200
        assert await role_of(served) is Role.ADMIN

        await lose(ada, bob, "role")
        assert (await ada.allow("kept@example.org", role="admin")).status_code == 200

        browser = served.browser()
        await sign_in(browser, acme, email=NEW)
        assert (await session_of(browser))["role"] == "member"
        assert await role_of(served, "kept@example.org") is Role.ADMIN


@pytest.mark.parametrize(("mode", "role"), [("invite", None), ("open", Role.MEMBER)])
async def test_neither_does_the_invitation_count_where_somebody_joins_without_its_link(
    database_url: str, mode: str, role: Role | None
) -> None:
    async with served_auth(auth_environ(database_url, AUTH_SIGNUP=mode)) as served:
        ada, bob = await administrator(served), await second_administrator(served)
        await bob.invited(role="admin")
        before = await role_of(served)

        await lose(ada, bob, "role")

        assert (before, await role_of(served)) == (Role.ADMIN, role)


async def test_neither_does_that_of_somebody_whom_the_list_names_no_longer(database_url: str) -> None:
    environ = auth_environ(
        database_url, EMERGENCE_ENV="production", EMERGENCE_PUBLIC_URL=PUBLIC_URL, AUTH_ADMIN_REQUIRE_MFA="0"
    )
    async with served_auth(environ | {"AUTH_ADMIN_EMAILS": BOB}) as served:
        browser, _ = await served.person(BOB)
        await served.auth.database.execute(VERIFY)
        signed_in = (await browser.post_json("/api/auth/refresh")).json()
        bob = Administrator(browser, signed_in)
        token = token_of(await bob.invited(role="admin"))
        assert (await browser.post_json(SHOW, {"token": token})).status_code == 200
    async with served_auth(environ | {"AUTH_ADMIN_EMAILS": "x@example.org"}, served.clock) as later:
        alone = await later.browser().post_json(SHOW, {"token": token})
        await another_administrator(later)
        taken = await accept(later.browser(), token)

        assert (alone.status_code, taken.status_code) == (200, 400)  # the last administrator stays one

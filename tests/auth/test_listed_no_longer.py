"""Whoever AUTH_ADMIN_EMAILS names no longer administers nothing, by whichever way they come in or stay."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from emergence.auth.store import people
from emergence.contracts.auth.values import Role
from tests.auth.audited import rows_about
from tests.auth.authenticator import code_at
from tests.auth.looking import RENEW, begin
from tests.auth.served_auth import PASSWORD, Browser, ServedAuth, auth_environ, bearer, served_auth
from tests.auth.test_administrators_factors import with_second_factor
from tests.auth.test_listed_administrators import BOB, PRODUCTION, VERIFY, role

EVE = "eve@example.org"
USERS = "/api/auth/admin/users"


@dataclass
class Bob:
    """An administrator by the list, until the service was started with another list."""

    served: ServedAuth
    browser: Browser
    signed_in: dict[str, Any]
    seed: bytes
    database_url: str

    async def sign_in(self, browser: Browser) -> dict[str, Any]:
        asked = (await browser.post_json("/api/auth/login", {"email": BOB, "password": PASSWORD})).json()
        body = {"mfa_token": asked["mfa_token"], "code": self.next_code()}
        answer = await browser.post_json("/api/auth/login/mfa", body)
        assert answer.status_code == 200, answer.text
        signed_in: dict[str, Any] = answer.json()
        return signed_in

    def next_code(self) -> str:
        self.served.clock.advance(timedelta(minutes=1))
        return code_at(self.seed, self.served.clock.now())

    async def reasons(self) -> list[str]:
        """Return why Bob's sessions ended, as long as the feed of revocations tells each of them."""
        rows = await self.served.auth.database.fetch(
            """SELECT revoke_reason, EXISTS (SELECT FROM revocations WHERE ref = sessions.id::text) AS is_told
               FROM sessions WHERE user_id = $1 AND revoked_at IS NOT NULL ORDER BY revoked_at""",
            UUID(self.signed_in["user_id"]),
        )
        assert all(row["is_told"] for row in rows)
        return [row["revoke_reason"] for row in rows]


@asynccontextmanager
async def with_list(
    database_url: str, later_list: str = "x@example.org", *, has_other: bool = True
) -> AsyncIterator[Bob]:
    """Bob, signed in by two factors as the administrator that the list made him, and a service with another list."""
    environ = auth_environ(database_url, **PRODUCTION)
    async with served_auth(environ | {"AUTH_ADMIN_EMAILS": BOB}) as served:
        browser, signed_in = await served.person(BOB)
        seed = await with_second_factor(served, browser, signed_in)
        _, eve = await served.person(EVE)
        if has_other:
            async with served.auth.database.transaction() as tx:
                await people.set_role(tx, UUID(eve["user_id"]), Role.ADMIN)
        await served.auth.database.execute(VERIFY)
        assert await role(browser) == "admin"
        bob = Bob(served, browser, signed_in, seed, database_url)
        bob.signed_in = await bob.sign_in(browser)
        assert bob.signed_in["role"] == "admin"
    async with served_auth(environ | {"AUTH_ADMIN_EMAILS": later_list}, served.clock) as later:
        kept = later.browser()
        kept.cookies.update(browser.cookies)
        yield Bob(later, kept, bob.signed_in, seed, database_url)


async def test_he_signs_in_as_a_member_and_what_was_open_before_ends(database_url: str) -> None:
    async with with_list(database_url) as bob:
        browser = bob.served.browser()
        signed_in = await bob.sign_in(browser)

        assert signed_in["role"] == "member"
        assert (await browser.get(USERS, headers=bearer(signed_in))).status_code == 403
        assert await role(browser) == "member"
        assert (await bob.browser.get(USERS, headers=bearer(bob.signed_in))).status_code == 401
        assert "role_changed" in await bob.reasons()
        rows = await rows_about(bob.served.auth.database, UUID(signed_in["user_id"]), None, 30)
        changes = [row.data for row in rows if row.type == "admin.role_changed"]
        assert changes[0] == '{"by": "AUTH_ADMIN_EMAILS", "role": "member"}'
        assert len(changes) == 2  # made, and unmade


async def test_he_makes_no_accomplice_an_administrator_by_a_session_of_before(database_url: str) -> None:
    async with with_list(database_url) as bob:
        _, mallory = await bob.served.person("mallory@example.org")
        path = f"{USERS}/{mallory['user_id']}/role"

        refused = await bob.browser.put(path, json={"role": "admin"}, headers=bearer(bob.signed_in))

        assert (refused.status_code, refused.json()["code"]) == (401, "login_session_ended")
        row = await bob.served.auth.database.fetchrow("SELECT role FROM users WHERE id = $1", UUID(mallory["user_id"]))
        assert row is not None
        assert row["role"] == "member"
        assert "role_changed" in await bob.reasons()
        assert (await bob.browser.post_json("/api/auth/refresh")).status_code == 401


async def test_proving_again_who_he_is_makes_a_member_of_him(database_url: str) -> None:
    async with with_list(database_url) as bob:
        proof = {"code": bob.next_code()}
        stepped_up = await bob.browser.post_json("/api/auth/step-up", proof, **bearer(bob.signed_in))

        assert (stepped_up.status_code, stepped_up.json()["role"]) == (200, "member")
        assert (await bob.browser.get(USERS, headers=bearer(stepped_up.json()))).status_code == 403


async def test_a_look_at_an_account_is_not_renewed_for_him(database_url: str) -> None:
    async with with_list(database_url) as bob:
        looked_at = await look_before(bob)

        refused = await bob.browser.post_json(RENEW, **bearer(looked_at))

        assert (refused.status_code, refused.json()["code"]) == (401, "login_session_ended")
        assert "role_changed" in await bob.reasons()
        over = await bob.browser.get("/api/auth/session", headers=bearer(looked_at))
        assert over.status_code == 401


async def look_before(bob: Bob) -> dict[str, Any]:
    """Begin to look at somebody's account in a service that still has the list with him."""
    environ = auth_environ(bob.database_url, **PRODUCTION)
    async with served_auth(environ | {"AUTH_ADMIN_EMAILS": BOB}, bob.served.clock) as before:
        _, mallory = await before.person("mallory@example.org")
        answer = await begin(before.browser(), bob.signed_in, mallory["user_id"])
        assert answer.status_code == 200, answer.text
        token: dict[str, Any] = answer.json()
        return token


async def test_of_several_refreshes_at_once_none_brings_the_role_back(database_url: str) -> None:
    async with with_list(database_url) as bob:
        others = [bob.served.browser() for _ in range(3)]
        for each in others:
            each.cookies.update(bob.browser.cookies)

        answers = await asyncio.gather(*(each.post_json("/api/auth/refresh") for each in others))

        assert {answer.status_code for answer in answers} == {401}
        rows = await rows_about(bob.served.auth.database, UUID(bob.signed_in["user_id"]), None, 30)
        assert [row.type for row in rows].count("admin.role_changed") == 2


async def test_the_last_administrator_stays_and_acts(database_url: str) -> None:
    async with with_list(database_url, has_other=False) as bob:
        signed_in = await bob.sign_in(bob.served.browser())

        assert signed_in["role"] == "admin"
        assert (await bob.browser.get(USERS, headers=bearer(bob.signed_in))).status_code == 200
        assert await role(bob.browser) == "admin"


async def test_who_is_still_listed_stays_and_acts(database_url: str) -> None:
    async with with_list(database_url, f"x@example.org, {BOB}") as bob:
        signed_in = await bob.sign_in(bob.served.browser())

        assert signed_in["role"] == "admin"
        assert (await bob.browser.get(USERS, headers=bearer(bob.signed_in))).status_code == 200
        assert await role(bob.browser) == "admin"


async def test_whoever_is_listed_now_signs_in_as_an_administrator(database_url: str) -> None:
    environ = auth_environ(database_url, **PRODUCTION)
    async with served_auth(environ | {"AUTH_ADMIN_EMAILS": BOB}) as served:
        await served.person(BOB)
        await served.auth.database.execute(VERIFY)
        again = await served.browser().post_json("/api/auth/login", {"email": BOB, "password": PASSWORD})

        assert again.json()["role"] == "admin"

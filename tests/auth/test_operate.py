"""What an operator does from the server's own machine: the way in for whoever lost every other one."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from emergence.auth.audit import verify_chain
from emergence.auth.make_administrator import (
    AdministratorToBe,
    MadeAdministrator,
    PasswordMissing,
    make_administrator,
)
from emergence.auth.operate import operate_keys, reset_factors, revoke_all, revoke_person
from emergence.auth.store import users
from emergence.auth.store.deployment import read_deployment
from emergence.auth.sweep import sweep
from emergence.contracts.auth.personal_problems import UndoRejected
from emergence.contracts.auth.problems import PasswordRefused, SharedSecretSigns, UnknownUser
from tests.auth.audited import rows_about
from tests.auth.mailbox import Posted
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, ServedAuth, auth_environ, bearer, served_auth
from tests.auth.test_administer import put
from tests.auth.test_deletion import delete
from tests.auth.test_rotate_keys import states
from tests.auth.test_second_factor import LOG_IN, enrolled

EVE = "eve@example.org"
OTHER_PASSWORD = "four quiet otters by the weir"


async def made(
    served: ServedAuth, email: str = EVE, password: str | None = None, name: str | None = None
) -> MadeAdministrator:
    return await make_administrator(served.auth, AdministratorToBe(email, name, password))


async def signed_in(served: ServedAuth, email: str, password: str) -> dict[str, object]:
    answer = await served.browser().post_json("/api/auth/login", {"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def types_about(served: ServedAuth, user_id: UUID) -> list[str]:
    return [row.type for row in await rows_about(served.auth.database, user_id, None, 50)]


async def test_an_empty_server_gets_its_administrator_and_is_claimed(served: ServedAuth) -> None:
    done = await made(served, " Eve@Example.org ", PASSWORD)

    assert (done.is_new, done.email) == (True, "Eve@Example.org")
    assert (await signed_in(served, EVE, PASSWORD))["role"] == "admin"
    assert (await read_deployment(served.auth.database)).is_claimed
    claim = await served.browser().post_json("/api/auth/setup", ADMINISTRATOR)
    assert (claim.status_code, claim.json()["code"]) == (409, "setup_already_done")
    email = await served.auth.database.fetchrow("SELECT verified_at FROM user_emails WHERE email_norm = $1", EVE)
    assert email is not None
    assert email["verified_at"] == served.clock.now()
    rows = await rows_about(served.auth.database, done.user_id, None, 50)
    told = {row.type: (row.actor, row.data) for row in rows if row.type != "session.login"}
    assert told == {
        "account.email_verified": (None, '{"by": "command"}'),
        "admin.role_changed": (None, '{"by": "command", "role": "admin"}'),
    }


async def test_the_machines_owner_keeps_what_they_began(
    tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> None:
    file = tmp_path_factory.mktemp("owner") / "credential"
    file.write_text("c" * 40)
    environ = auth_environ(database_url, AUTH_OWNER_CREDENTIAL_FILE=str(file))
    async with served_auth(environ) as served:
        owner = await served.program().post_json("/api/auth/owner/login", {"credential": "c" * 40})

        done = await made(served, EVE, PASSWORD, "Eve")

        assert str(done.user_id) == owner.json()["user_id"]
        again = await signed_in(served, EVE, PASSWORD)
        assert (again["user_id"], again["display_name"]) == (str(done.user_id), "Eve")


async def test_a_new_account_needs_a_password_that_the_policy_takes(served: ServedAuth) -> None:
    await served.claimed()

    with pytest.raises(PasswordMissing):
        await made(served)
    for refused in ("short", "eve@example.org", "password1"):
        with pytest.raises(PasswordRefused):
            await made(served, EVE, refused)

    row = await served.auth.database.fetchrow("SELECT count(*) AS count FROM users")
    assert row is not None
    assert row["count"] == 1


async def test_a_password_that_was_ended_is_refused_and_the_present_one_may_be_set_again(served: ServedAuth) -> None:
    await served.claimed()
    _, eve = await served.person(EVE)
    async with served.auth.database.transaction() as tx:
        assert await users.end_password(tx, UUID(eve["user_id"]), served.clock.now())

    with pytest.raises(PasswordRefused):
        await made(served, EVE, PASSWORD)
    await made(served, EVE, OTHER_PASSWORD)
    await made(served, EVE, OTHER_PASSWORD)

    assert (await signed_in(served, EVE, OTHER_PASSWORD))["role"] == "admin"


async def test_a_member_becomes_administrator_and_keeps_their_password(served: ServedAuth) -> None:
    await served.claimed()
    browser, eve = await served.person(EVE)

    done = await made(served)

    assert done.changed == ("account.email_verified", "admin.role_changed")
    assert (await browser.get("/api/auth/session", headers=bearer(eve))).status_code == 401, "its token says member"
    assert (await signed_in(served, EVE, PASSWORD))["role"] == "admin"
    assert (await made(served)).changed == ()


async def test_whoever_was_suspended_or_shut_is_let_in_with_the_new_password_only(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    eves, eve = await served.person(EVE)
    assert (await put(browser, ada, str(eve["user_id"]), "status", {"status": "suspended"})).status_code == 204
    gone = await delete(browser, ada, f"/api/auth/admin/users/{eve['user_id']}")
    assert gone.status_code == 202, gone.text

    done = await made(served, EVE, OTHER_PASSWORD)

    assert {"account.deletion_cancelled", "account.reinstated", "account.password_reset"} <= set(done.changed)
    assert (await signed_in(served, EVE, OTHER_PASSWORD))["user_id"] == eve["user_id"]
    old = await served.browser().post_json("/api/auth/login", {"email": EVE, "password": PASSWORD})
    assert old.status_code == 401
    served.clock.advance(timedelta(days=8))
    await sweep(served.auth)
    assert (await signed_in(served, EVE, OTHER_PASSWORD))["role"] == "admin", "nothing erases it any more"
    assert (await verify_chain(served.auth)).broken_at is None
    assert (await eves.post_json("/api/auth/refresh")).status_code == 401


async def test_an_account_that_is_due_is_not_called_back(served: ServedAuth) -> None:
    await served.claimed()
    browser, eve = await served.person(EVE)
    await delete(browser, eve)
    await served.auth.database.execute("UPDATE account_deletions SET due_at = $1", served.clock.now())

    with pytest.raises(UndoRejected):
        await made(served, EVE, OTHER_PASSWORD)


async def test_strangers_guesses_do_not_keep_the_new_administrator_out(served: ServedAuth) -> None:
    await served.claimed()
    await served.person(EVE)
    for number in range(12):
        stranger = served.browser(f"203.0.113.{number + 1}")
        await stranger.post_json("/api/auth/login", {"email": EVE, "password": "wrong and wrong again"})
    fresh = served.browser("198.51.100.7")
    refused = await fresh.post_json("/api/auth/login", {"email": EVE, "password": PASSWORD})
    assert refused.status_code == 429

    await made(served, EVE, OTHER_PASSWORD)

    entered = await fresh.post_json("/api/auth/login", {"email": EVE, "password": OTHER_PASSWORD})
    assert entered.status_code == 200, entered.text


async def test_of_several_commands_at_once_for_one_address_one_makes_the_account(served: ServedAuth) -> None:
    results = await asyncio.gather(*(made(served, EVE, PASSWORD) for _ in range(6)))

    assert sorted(each.is_new for each in results) == [False] * 5 + [True]
    assert len({each.user_id for each in results}) == 1


async def test_the_list_in_the_environment_does_not_take_the_role_back(database_url: str) -> None:
    production = auth_environ(
        database_url,
        EMERGENCE_ENV="production",
        EMERGENCE_PUBLIC_URL="http://127.0.0.1:8080",
        AUTH_ADMIN_EMAILS="ada@example.org",
    )
    async with served_auth(production) as served:
        await made(served, "root@example.org", PASSWORD)
        await made(served, EVE, PASSWORD)
        browser = served.browser()
        await browser.post_json("/api/auth/login", {"email": EVE, "password": PASSWORD})
        renewed = await browser.post_json("/api/auth/refresh")

        assert renewed.json()["role"] == "admin"


async def test_a_second_factor_stays_unless_it_is_reset(served: ServedAuth) -> None:
    ada = await enrolled(served)

    done = await made(served, ADMINISTRATOR["email"], OTHER_PASSWORD)

    assert done.has_second_factor
    login = {"email": ADMINISTRATOR["email"], "password": OTHER_PASSWORD}
    assert (await served.browser().post_json("/api/auth/login", login)).json()["mfa_required"] is True
    first = await reset_factors(served.auth, "ADA@example.org")
    again = await reset_factors(served.auth, "ada@example.org")
    assert (first.had_any, again.had_any) == (True, False)
    assert "access_token" in (await served.browser().post_json("/api/auth/login", login)).json()
    types = await types_about(served, UUID(ada.signed_in["user_id"]))
    assert types.count("admin.second_factor_reset") == 1


async def test_resetting_factors_ends_the_sessions(served: ServedAuth) -> None:
    ada = await enrolled(served)

    done = await reset_factors(served.auth, ADMINISTRATOR["email"])

    assert done.sessions == 1
    assert (await ada.browser.post_json("/api/auth/refresh")).status_code == 401
    with pytest.raises(UnknownUser):
        await reset_factors(served.auth, "nobody@example.org")


async def test_one_person_or_everybody_is_signed_out(served: ServedAuth) -> None:
    adas, ada = await served.claimed()
    eves, eve = await served.person(EVE)

    assert await revoke_person(served.auth, "EVE@example.org") == 1
    assert (await eves.get("/api/auth/session", headers=bearer(eve))).status_code == 401
    assert (await adas.get("/api/auth/session", headers=bearer(ada))).status_code == 200

    assert await revoke_all(served.auth) == 1
    assert (await adas.post_json("/api/auth/refresh")).status_code == 401
    rows = await served.auth.database.fetch(
        "SELECT type, actor, data FROM audit_log WHERE type LIKE 'admin.%revoked' ORDER BY seq"
    )
    assert [tuple(row) for row in rows] == [
        ("admin.sessions_revoked", None, '{"by": "command", "sessions": 1}'),
        ("admin.everybody_revoked", None, '{"by": "command", "sessions": 1}'),
    ]
    with pytest.raises(UnknownUser):
        await revoke_person(served.auth, "nobody@example.org")
    assert (await served.browser().post_json("/api/auth/login", LOG_IN)).status_code == 200


async def test_keys_are_replaced_in_time_or_at_once(served: ServedAuth) -> None:
    browser, ada = await served.claimed()

    await operate_keys(served.auth, compromised=False)
    waiting = await operate_keys(served.auth, compromised=False)
    assert (sorted(await states(served)), len(waiting.keys)) == (["active", "next"], 2)
    assert (await browser.get("/api/auth/session", headers=bearer(ada))).status_code == 200

    (fresh,) = (await operate_keys(served.auth, compromised=True)).keys
    assert fresh.state == "active"
    async with asyncio.timeout(1):
        while (await browser.get("/api/auth/session", headers=bearer(ada))).status_code != 401:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert (await browser.post_json("/api/auth/refresh")).status_code == 200
    rows = await served.auth.database.fetch("SELECT type, actor, data::text FROM audit_log WHERE type LIKE 'token.%'")
    assert [row["type"] for row in rows] == ["token.key_published", "token.keys_withdrawn"]
    assert all(row["actor"] is None and '"by": "command"' in row["data"] for row in rows)


async def test_where_the_secret_signs_there_is_no_key_to_replace(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, AUTH_TOKEN_ALG="HS256")) as served:
        with pytest.raises(SharedSecretSigns):
            await operate_keys(served.auth, compromised=True)


async def test_people_are_told_what_the_operator_did(posted: Posted) -> None:
    await posted.served.claimed()
    await posted.served.person(EVE)

    await make_administrator(posted.served.auth, AdministratorToBe(EVE, None, OTHER_PASSWORD))

    letters = await posted.served.auth.database.fetch("SELECT kind FROM email_outbox ORDER BY id")
    assert [row["kind"] for row in letters] == ["password_was_reset"]

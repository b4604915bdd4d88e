"""How a look at somebody's account goes on and ends: by itself, by either of the two, and with what it hangs on."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from emergence.auth import operate
from emergence.auth.sweep import sweep
from tests.auth.looking import END, RENEW, Look, begin
from tests.auth.served_auth import PASSWORD, ServedAuth, auth_environ, bearer, served_auth


async def test_it_goes_on_by_renewal_for_a_quarter_of_an_hour_and_no_longer(look: Look) -> None:
    token = look.token
    for _ in range(3):
        look.served.clock.advance(timedelta(minutes=4, seconds=50))
        answer = await look.browser.post_json(RENEW, **bearer(token))
        assert answer.status_code == 200, answer.text
        token = answer.json()
    assert token["expires_in"] == 30
    assert (token["ends_at"], token["session_id"]) == (look.token["ends_at"], look.token["session_id"])

    look.served.clock.advance(timedelta(seconds=31))

    assert (await look.browser.post_json(RENEW, **bearer(token))).status_code == 401
    assert (await look.browser.get("/api/auth/session", headers=bearer(token))).status_code == 401


async def test_the_end_of_one_that_ran_out_is_written_down_once_by_two_instances(look: Look, database_url: str) -> None:
    look.served.clock.advance(timedelta(minutes=14, seconds=59))
    await sweep(look.served.auth)
    assert [row.type for row in await look.audited()] == ["admin.impersonation_started"]

    look.served.clock.advance(timedelta(seconds=1))
    async with served_auth(auth_environ(database_url), look.served.clock) as another:
        await asyncio.gather(sweep(look.served.auth), sweep(another.auth))
        await sweep(another.auth)

    started, ended = await look.audited()
    assert (ended.type, ended.data) == ("admin.impersonation_ended", '{"reason": "ran_out"}')
    assert (ended.actor, ended.subject) == (started.actor, started.subject)
    ada = (await look.browser.post_json("/api/auth/refresh")).json()
    assert (await look.browser.post_json(END, **bearer(ada))).status_code == 204
    assert len(await look.audited()) == 2
    revoked = await look.served.auth.database.fetch(
        "SELECT revoke_reason FROM sessions WHERE revoked_at IS NOT NULL AND id = $1", UUID(look.token["session_id"])
    )
    assert [row["revoke_reason"] for row in revoked] == ["ran_out"]
    assert (await look.browser.post_json(RENEW, **bearer(look.token))).status_code == 401
    assert (await look.eve_browser.post_json("/api/auth/refresh")).status_code == 200


async def test_only_an_impersonation_is_renewed_that_way(look: Look) -> None:
    answers = [await look.browser.post_json(RENEW, **bearer(who)) for who in (look.ada, look.eve)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert (await look.browser.post_json(RENEW)).status_code == 401


@pytest.mark.parametrize("way", ["itself", "the administrator", "signing out"])
async def test_it_is_ended_by_itself_or_by_the_administrator_and_again_changes_nothing(look: Look, way: str) -> None:
    who = look.ada if way == "the administrator" else look.token
    path = "/api/auth/logout" if way == "signing out" else END

    answers = [(await look.browser.post_json(path, **bearer(who))).status_code for _ in range(2)]

    assert answers == [204, 204]
    assert await look.is_over()
    assert [(row.type, row.outcome) for row in await look.audited()] == [
        ("admin.impersonation_started", "success"),
        ("admin.impersonation_ended", "success"),
    ]
    assert len({(row.actor, row.subject) for row in await look.audited()}) == 1
    own = await look.browser.post_json("/api/auth/refresh")  # the cookie is still there
    assert own.json()["user_id"] == look.ada["user_id"]
    assert (await look.eve_browser.get("/api/auth/session", headers=bearer(look.eve))).status_code == 200


async def test_somebody_else_ends_none_of_it(look: Look) -> None:
    mallory_browser, mallory = await look.served.person("mallory@example.org")

    assert (await mallory_browser.post_json(END, **bearer(mallory))).status_code == 204

    assert not await look.is_over()


@pytest.mark.parametrize("way", ["logout", "suspended", "demoted", "revoked by another", "used twice"])
async def test_it_ends_with_the_administrators_own_session(look: Look, way: str) -> None:
    bob_browser, bob = await look.served.person("bob@example.org")
    await look.served.auth.database.execute("UPDATE users SET role = 'admin' WHERE id = $1", UUID(bob["user_id"]))
    users = f"/api/auth/admin/users/{look.ada['user_id']}"

    if way == "logout":
        await look.browser.post_json("/api/auth/logout", **bearer(look.ada))
    elif way == "suspended":
        await bob_browser.put(f"{users}/status", json={"status": "suspended"}, headers=bearer(bob))
    elif way == "demoted":
        await bob_browser.put(f"{users}/role", json={"role": "member"}, headers=bearer(bob))
    elif way == "revoked by another":
        body = {"session_id": look.ada["session_id"]}
        await bob_browser.post_json("/api/auth/admin/sessions/revoke", body, **bearer(bob))
    else:
        stolen = dict(look.browser.cookies)
        await look.browser.post_json("/api/auth/refresh")
        look.served.clock.advance(timedelta(seconds=11))
        thief = look.served.browser()
        thief.cookies.update(stolen)
        await thief.post_json("/api/auth/refresh")

    assert await look.is_over()
    assert (await look.browser.post_json(RENEW, **bearer(look.token))).status_code == 401
    ended = (await look.audited())[-1]
    assert (ended.type, ended.data) == ("admin.impersonation_ended", '{"reason": "administrators_session_ended"}')
    told = await look.served.auth.database.fetch(
        "SELECT payload::text AS text FROM outbox UNION ALL SELECT payload::text FROM bus.events"
    )
    assert any(look.token["session_id"] in row["text"] for row in told)


async def test_the_person_may_end_it_and_a_suspension_does(look: Look) -> None:
    path = f"/api/auth/my-sessions/{look.token['session_id']}/revoke"

    assert (await look.eve_browser.post_json(path, **bearer(look.eve))).status_code == 204

    assert await look.is_over()
    again = (await begin(look.browser, look.ada, look.eve["user_id"])).json()
    suspended = {"status": "suspended"}
    path = f"/api/auth/admin/users/{look.eve['user_id']}/status"
    assert (await look.browser.put(path, json=suspended, headers=bearer(look.ada))).status_code == 204
    assert (await look.browser.get("/api/auth/session", headers=bearer(again))).status_code == 401


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("ended by the person", "revoked_by_owner"),
        ("the person signs out everywhere", "revoked_by_owner"),
        ("suspended", "account_suspended"),
        ("deleted by the administrator", "deletion_requested"),
        ("deleted by the person", "deletion_requested"),
        ("demoted", "role_changed"),
        ("revoked by the administrator", "revoked_by_administrator"),
        ("everybody revoked", "everybody_revoked_by_administrator"),
        ("revoked by the operator", "revoked_by_operator"),
        ("everybody revoked by the operator", "everybody_revoked_by_operator"),
    ],
)
async def test_whatever_ends_it_the_log_says_so_once(look: Look, way: str, reason: str) -> None:
    user = f"/api/auth/admin/users/{look.eve['user_id']}"
    as_ada, as_eve = bearer(look.ada), bearer(look.eve)
    of_eve = {"user_id": look.eve["user_id"]}
    match way:
        case "ended by the person":
            await look.eve_browser.post_json(f"/api/auth/my-sessions/{look.token['session_id']}/revoke", **as_eve)
        case "the person signs out everywhere":
            await look.eve_browser.post_json("/api/auth/my-sessions/revoke-all", **as_eve)
        case "suspended":
            await look.browser.put(f"{user}/status", json={"status": "suspended"}, headers=as_ada)
        case "deleted by the administrator":
            await look.browser.request("DELETE", user, json={}, headers=as_ada)
        case "deleted by the person":
            await look.eve_browser.request("DELETE", "/api/auth/me", json={}, headers=as_eve)
        case "demoted":
            await look.browser.put(f"{user}/role", json={"role": "guest"}, headers=as_ada)
        case "revoked by the administrator":
            await look.browser.post_json("/api/auth/admin/sessions/revoke", of_eve, **as_ada)
        case "everybody revoked":
            await look.browser.post_json("/api/auth/admin/sessions/revoke", {"everybody": True}, **as_ada)
        case "revoked by the operator":
            await operate.revoke_person(look.served.auth, "eve@example.org")
        case "everybody revoked by the operator":
            await operate.revoke_all(look.served.auth)

    assert await look.is_over()
    look.served.clock.advance(timedelta(minutes=16))
    await sweep(look.served.auth)
    started, *ended = await look.audited()
    assert [(row.type, row.data) for row in ended] == [("admin.impersonation_ended", f'{{"reason": "{reason}"}}')]
    assert (ended[0].actor, ended[0].subject) == (started.actor, started.subject)


async def test_proving_again_who_one_is_does_not_end_it_but_signing_out_afterwards_does(look: Look) -> None:
    proved = await look.browser.post_json("/api/auth/step-up", {"password": PASSWORD}, **bearer(look.ada))
    assert proved.status_code == 200
    assert not await look.is_over()

    await look.browser.post_json("/api/auth/logout", **bearer(proved.json()))

    assert await look.is_over()


async def test_beginning_while_signing_out_leaves_nothing_open(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    _, eve = await served.person("eve@example.org")

    begun, _ = await asyncio.gather(
        begin(browser, ada, eve["user_id"]), served.program().post_json("/api/auth/logout", **bearer(ada))
    )

    assert begun.status_code in (200, 401)
    if begun.status_code == 200:
        assert (await browser.get("/api/auth/session", headers=bearer(begun.json()))).status_code == 401
    live = await served.auth.database.fetch(
        "SELECT id FROM sessions WHERE impersonator_id IS NOT NULL AND revoked_at IS NULL"
    )
    assert live == []

"""Looking at somebody's account as an administrator: who may, that it only reads, how it ends, what is told."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from emergence.auth.consume_ticket import consume_ticket
from emergence.auth.request_parts import OPEN_WHILE_IMPERSONATING
from emergence.auth.store.audit import AuditRow
from emergence.contracts.auth.signing_in import ConsumeTicket, TicketHolder
from tests.auth.audited import rows_about
from tests.auth.served_auth import PASSWORD, Browser, ServedAuth, bearer

REASON = "they asked why a conversation is missing"
RENEW, END = "/api/auth/admin/impersonation/renew", "/api/auth/admin/impersonation/end"
CHANGING = ("post", "put", "patch", "delete")


@dataclass
class Look:
    """An administrator who looks at Eve's account; `token` belongs to that."""

    served: ServedAuth
    browser: Browser
    ada: dict[str, Any]
    eve_browser: Browser
    eve: dict[str, Any]
    token: dict[str, Any]

    async def is_over(self) -> bool:
        answer = await self.browser.get("/api/auth/session", headers=bearer(self.token))
        return answer.status_code == 401

    async def audited(self) -> list[AuditRow]:
        """Return what was written of the impersonation itself, oldest first."""
        rows = await rows_about(self.served.auth.database, UUID(self.eve["user_id"]), None, 50)
        return [row for row in reversed(rows) if row.session_id == UUID(self.token["session_id"])]


async def begin(browser: Browser, administrator: dict[str, Any], user: str, reason: object = REASON) -> Any:
    return await browser.post(
        f"/api/auth/admin/users/{user}/impersonate",
        content=json.dumps({"reason": reason}),  # escaped: a test sends half a character
        headers={"content-type": "application/json", **bearer(administrator)},
    )


@pytest.fixture
async def look(served: ServedAuth) -> Look:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")
    answer = await begin(browser, ada, eve["user_id"])
    assert answer.status_code == 200, answer.text
    return Look(served, browser, ada, eve_browser, eve, answer.json())


async def test_the_token_speaks_for_the_person_and_names_the_administrator(look: Look) -> None:
    identity = await look.served.app.state.verifier.verify(look.token["access_token"])
    seen = (await look.browser.get("/api/auth/session", headers=bearer(look.token))).json()

    assert (str(identity.user_id), str(identity.impersonator_id)) == (look.eve["user_id"], look.ada["user_id"])
    assert (seen["user_id"], seen["email"], seen["role"]) == (look.eve["user_id"], "eve@example.org", "member")
    assert (look.token["display_name"], look.token["expires_in"]) == ("eve", 300)
    assert "refresh_token" not in look.token


async def test_no_cookie_is_set_and_the_administrators_own_session_goes_on(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    _, eve = await served.person("eve@example.org")

    answer = await begin(browser, ada, eve["user_id"])

    assert "set-cookie" not in answer.headers
    refreshed = await browser.post_json("/api/auth/refresh", **bearer(answer.json()))
    assert refreshed.json()["user_id"] == ada["user_id"]


async def test_it_is_written_down_with_both_names_and_told_to_the_person(look: Look) -> None:
    places = (await look.eve_browser.get("/api/auth/my-sessions", headers=bearer(look.eve))).json()["sessions"]
    activity = (await look.eve_browser.get("/api/auth/my-activity", headers=bearer(look.eve))).json()["events"]

    started = next(event for event in activity if event["type"] == "admin.impersonation_started")
    assert (started["actor_name"], started["subject_name"]) == ("Ada", "eve")
    assert started["data"] == {"reason": REASON, "until": look.token["ends_at"].replace("Z", "+00:00")}
    assert [(place["impersonator_name"], place["network"] is None) for place in places] == [
        ("Ada", True),
        (None, False),
    ]
    listed = (await look.browser.get("/api/auth/admin/sessions", headers=bearer(look.ada))).json()["sessions"]
    assert [place["impersonator_name"] for place in listed if place["display_name"] == "eve"] == ["Ada", None]
    assert [place["is_current"] for place in listed if place["display_name"] == "Ada"] == [True]
    people = (await look.browser.get("/api/auth/admin/users", headers=bearer(look.ada))).json()["users"]
    assert [person["sessions"] for person in people] == [1, 1]


@pytest.mark.parametrize(
    "reason", ["too short", " " * 20, "x" * 501, "a reason with \x00 in it", "half a pair \ud800 here", 7, None]
)
async def test_without_a_good_reason_nothing_begins(served: ServedAuth, reason: object) -> None:
    browser, ada = await served.claimed()
    _, eve = await served.person("eve@example.org")

    answer = await begin(browser, ada, eve["user_id"], reason)

    assert answer.status_code == 422
    rows = await rows_about(served.auth.database, UUID(eve["user_id"]), None, 10)
    assert "admin.impersonation_started" not in [row.type for row in rows]


async def test_administrators_oneself_suspended_and_unknown_people_are_not_looked_at(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    _, eve = await served.person("eve@example.org")
    _, bob = await served.person("bob@example.org")
    await served.auth.database.execute("UPDATE users SET role = 'admin' WHERE id = $1", UUID(eve["user_id"]))
    await served.auth.database.execute("UPDATE users SET status = 'suspended' WHERE id = $1", UUID(bob["user_id"]))

    answers = [await begin(browser, ada, user) for user in (eve["user_id"], ada["user_id"], bob["user_id"])]
    unknown = await begin(browser, ada, str(uuid4()))

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "cannot_impersonate")] * 3
    assert unknown.status_code == 404


async def test_it_asks_for_a_recent_proof(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    _, eve = await served.person("eve@example.org")
    served.clock.advance(timedelta(minutes=11))
    ada = (await browser.post_json("/api/auth/refresh")).json()

    answer = await begin(browser, ada, eve["user_id"])

    assert (answer.status_code, answer.json()["code"]) == (401, "insufficient_user_authentication")


async def test_everything_that_changes_something_is_refused_but_leaving_and_looking(look: Look) -> None:
    """Generated from the OpenAPI document: a new route is refused, or is named in OPEN_WHILE_IMPERSONATING."""
    operations = [
        (method, path)
        for path, methods in look.served.app.openapi()["paths"].items()
        for method in methods
        if method in CHANGING
    ]
    asked = [(method, path.replace("{user_id}", look.eve["user_id"])) for method, path in operations]

    refused = [
        (method, path)
        for method, path in asked
        if path not in OPEN_WHILE_IMPERSONATING
        and (
            answer := await look.browser.request(
                method, path.replace("{session_id}", look.eve["session_id"]), json={}, headers=bearer(look.token)
            )
        ).status_code
        == 403
        and answer.json()["code"] == "forbidden_while_impersonating"
    ]

    assert {path for _, path in asked} >= OPEN_WHILE_IMPERSONATING
    assert {path for _, path in refused} == {path for _, path in asked} - OPEN_WHILE_IMPERSONATING
    assert len(refused) == len(asked) - len(OPEN_WHILE_IMPERSONATING) >= 15
    assert not await look.is_over()


@pytest.mark.parametrize("header", ["Bearer  {}", "bearer {}", "BEARER {} ", "Bearer \t{}"])
async def test_no_spelling_of_the_header_gets_past_that(look: Look, header: str) -> None:
    answer = await look.browser.post(
        "/api/auth/my-sessions/revoke-all",
        json={},
        headers={"authorization": header.format(look.token["access_token"])},
    )

    assert answer.status_code in (401, 403)
    assert (await look.eve_browser.get("/api/auth/session", headers=bearer(look.eve))).status_code == 200


async def test_administrators_routes_are_closed_to_it(look: Look) -> None:
    paths = [path for path, methods in look.served.app.openapi()["paths"].items() if "get" in methods]
    of_administrators = [path for path in paths if path.startswith("/api/auth/admin/")]

    answers = [
        await look.browser.get(path.replace("{user_id}", look.eve["user_id"]), headers=bearer(look.token))
        for path in of_administrators
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert len(answers) >= 6


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


async def test_a_ticket_says_that_somebody_else_is_looking(look: Look) -> None:
    async def holder(signed_in: dict[str, Any]) -> TicketHolder:
        ticket = (await look.browser.post_json("/api/auth/ws-ticket", **bearer(signed_in))).json()["ticket"]
        return await consume_ticket(look.served.auth, ConsumeTicket(ticket=ticket, origin=None))

    assert str((await holder(look.token)).impersonator_id) == look.ada["user_id"]
    assert (await holder(look.eve)).impersonator_id is None

"""Looking at somebody's account as an administrator: who may, that it only reads, and what is told of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from emergence.auth.consume_ticket import consume_ticket
from emergence.auth.request_parts import OPEN_WHILE_IMPERSONATING
from emergence.contracts.auth.signing_in import ConsumeTicket, TicketHolder
from tests.auth.audited import rows_about
from tests.auth.looking import REASON, Look, begin
from tests.auth.served_auth import ServedAuth, bearer

CHANGING = ("post", "put", "patch", "delete")
# They take a service's token or proof, and no person's.
FOR_SERVICES = ("/api/auth/introspect", "/api/auth/revoke", "/api/auth/token")


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
    "reason",
    [
        "too short",
        " " * 20,
        "x" * 501,
        "a reason with \x00 in it",
        "half a pair \ud800 here",
        "\u202egnihton rof ecno",
        "a\u200b reason\ufeff here",
        7,
        None,
    ],
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
        if method in CHANGING and path not in FOR_SERVICES
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


async def test_a_ticket_says_that_somebody_else_is_looking(look: Look) -> None:
    async def holder(signed_in: dict[str, Any]) -> TicketHolder:
        ticket = (await look.browser.post_json("/api/auth/ws-ticket", **bearer(signed_in))).json()["ticket"]
        return await consume_ticket(look.served.auth, ConsumeTicket(ticket=ticket, origin=None))

    assert str((await holder(look.token)).impersonator_id) == look.ada["user_id"]
    assert (await holder(look.eve)).impersonator_id is None

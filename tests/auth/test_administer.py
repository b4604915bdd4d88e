"""What administrators see and do; what nobody else may; and that the last of them stays."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from emergence.auth.audit import AuditEvent, record
from tests.auth.served_auth import PASSWORD, Browser, ServedAuth, bearer

BODIES: dict[str, dict[str, object]] = {
    "status": {"status": "suspended"},
    "role": {"role": "guest"},
    "impersonate": {"reason": "a complaint about lost messages"},
    "revoke": {"everybody": True},
    "export": {"reason": "they asked for their data"},
}


async def listed(browser: Browser, signed_in: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    answer = await browser.get("/api/auth/admin/users", params=query, headers=bearer(signed_in))
    assert answer.status_code == 200, answer.text
    users: list[dict[str, Any]] = answer.json()["users"]
    return users


async def put(browser: Browser, signed_in: dict[str, Any], user: str, what: str, body: dict[str, object]) -> Any:
    return await browser.put(f"/api/auth/admin/users/{user}/{what}", json=body, headers=bearer(signed_in))


async def test_accounts_are_listed_and_found_by_name_or_address(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    await served.person("eve@example.org")
    await served.person("bob@elsewhere.net")

    everybody = await listed(browser, ada)
    found = await listed(browser, ada, words="ELSEWHERE")

    assert [(each["email"], each["role"], each["sessions"]) for each in everybody] == [
        ("Ada@Example.org", "admin", 1),
        ("eve@example.org", "member", 1),
        ("bob@elsewhere.net", "member", 1),
    ]
    assert [each["display_name"] for each in found] == ["bob"]
    assert [each["has_second_factor"] for each in everybody] == [False] * 3
    assert await listed(browser, ada, words="%") == []


async def test_suspending_ends_the_sessions_and_refuses_to_let_in_until_reinstated(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")
    log_in = {"email": "eve@example.org", "password": PASSWORD}

    suspended = await put(browser, ada, eve["user_id"], "status", {"status": "suspended"})
    refused = await eve_browser.post_json("/api/auth/login", log_in)

    assert suspended.status_code == 204
    assert (await eve_browser.get("/api/auth/session", headers=bearer(eve))).status_code == 401
    assert (await eve_browser.post_json("/api/auth/refresh")).status_code == 401
    assert (refused.status_code, refused.json()["code"]) == (401, "credentials_rejected")
    again = await put(browser, ada, eve["user_id"], "status", {"status": "active"})
    assert again.status_code == 204
    assert (await eve_browser.post_json("/api/auth/login", log_in)).status_code == 200


async def test_another_role_counts_at_once_and_ends_what_says_the_old_one(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")

    assert (await put(browser, ada, eve["user_id"], "role", {"role": "admin"})).status_code == 204

    assert (await eve_browser.get("/api/auth/session", headers=bearer(eve))).status_code == 401
    signed_in = await eve_browser.post_json("/api/auth/login", {"email": "eve@example.org", "password": PASSWORD})
    assert signed_in.json()["role"] == "admin"
    assert len(await listed(eve_browser, signed_in.json())) == 2


@pytest.mark.parametrize("what", ["status", "role"])
async def test_the_last_administrator_stays(served: ServedAuth, what: str) -> None:
    browser, ada = await served.claimed()

    answer = await put(browser, ada, ada["user_id"], what, BODIES[what])

    assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
    assert (await listed(browser, ada))[0]["role"] == "admin"


@pytest.mark.parametrize("what", ["status", "role"])
async def test_an_unknown_account_is_not_found_and_doing_it_twice_changes_nothing(
    served: ServedAuth, what: str
) -> None:
    browser, ada = await served.claimed()
    _, eve = await served.person("eve@example.org")

    unknown = await put(browser, ada, str(uuid4()), what, BODIES[what])
    twice = [(await put(browser, ada, eve["user_id"], what, BODIES[what])).status_code for _ in range(2)]

    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_user")
    assert twice == [204, 204]
    events = (await browser.get("/api/auth/admin/audit", headers=bearer(ada))).json()["events"]
    assert len([each for each in events if each["type"] in ("account.suspended", "admin.role_changed")]) == 1


async def test_sessions_of_others_are_seen_and_ended_one_or_all(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")
    second = await served.browser().post_json("/api/auth/login", {"email": "eve@example.org", "password": PASSWORD})
    path = "/api/auth/admin/sessions/revoke"

    of_eve = await browser.get("/api/auth/admin/sessions", params={"user_id": eve["user_id"]}, headers=bearer(ada))
    one = await browser.post_json(path, {"session_id": second.json()["session_id"]}, **bearer(ada))
    gone = await browser.post_json(path, {"session_id": second.json()["session_id"]}, **bearer(ada))
    rest = await browser.post_json(path, {"user_id": eve["user_id"]}, **bearer(ada))
    nobody = await browser.post_json(path, {"user_id": str(uuid4())}, **bearer(ada))

    assert {each["email"] for each in of_eve.json()["sessions"]} == {"eve@example.org"}
    assert len(of_eve.json()["sessions"]) == 2
    assert (one.json(), gone.status_code, rest.json()) == ({"revoked": 1}, 404, {"revoked": 1})
    assert nobody.status_code == 404
    assert (await eve_browser.post_json("/api/auth/refresh")).status_code == 401


@pytest.mark.parametrize(
    "named",
    [(), ("everybody", "user_id"), ("everybody", "session_id"), ("user_id", "session_id"), ("not_everybody",)],
)
async def test_who_is_signed_out_is_named_in_exactly_one_way(served: ServedAuth, named: tuple[str, ...]) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")
    ways = {"everybody": {"everybody": True}, "not_everybody": {"everybody": False}}
    ways |= {name: {name: eve[name]} for name in ("user_id", "session_id")}
    body = {member: value for way in named for member, value in ways[way].items()}

    answer = await browser.post_json("/api/auth/admin/sessions/revoke", body, **bearer(ada))

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    reason = "exactly one of session_id, user_id and everybody must be given"
    assert answer.json()["errors"] == [{"place": "body", "reason": reason}]
    assert (await eve_browser.post_json("/api/auth/refresh")).status_code == 200
    assert (await browser.post_json("/api/auth/refresh")).status_code == 200


async def test_what_was_done_is_told_with_names_to_administrators_and_to_those_concerned(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")
    await put(browser, ada, eve["user_id"], "role", {"role": "guest"})
    again = (await eve_browser.post_json("/api/auth/login", {"email": "eve@example.org", "password": PASSWORD})).json()

    all_of_it = (await browser.get("/api/auth/admin/audit", headers=bearer(ada))).json()["events"]
    own = (await eve_browser.get("/api/auth/my-activity", headers=bearer(again))).json()["events"]
    whole = (await browser.get("/api/auth/admin/audit/verify", headers=bearer(ada))).json()

    changed = next(each for each in all_of_it if each["type"] == "admin.role_changed")
    assert (changed["actor_name"], changed["subject_name"], changed["data"]) == ("Ada", "eve", {"role": "guest"})
    assert {each["type"] for each in own} == {"session.login", "session.revoked", "admin.role_changed"}
    assert not any(each["subject_name"] == "Ada" for each in own)
    acts = [each for each in own if each["actor"] == ada["user_id"]]
    places = {each[name] for each in acts for name in ("network", "agent", "session_id", "request_id")}
    assert (len(acts), places) == (2, {None}), "from where an administrator did it is the administrator's affair"
    assert changed["network"] is not None
    assert changed["session_id"] == ada["session_id"]
    assert whole == {"rows": len(all_of_it), "broken_at": None}


async def test_the_log_is_read_in_pages(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    for _ in range(60):
        async with served.auth.database.transaction() as tx:
            await record(served.auth, tx, AuditEvent("account.tested"), None)

    first = (await browser.get("/api/auth/admin/audit", headers=bearer(ada))).json()
    second = await browser.get("/api/auth/admin/audit", params={"before": first["next"]}, headers=bearer(ada))

    numbers = [each["seq"] for each in first["events"] + second.json()["events"]]
    assert len(first["events"]) == 50
    assert numbers == list(range(numbers[0], 0, -1))
    assert second.json()["next"] is None


ROUTES = [
    ("GET", "users"), ("GET", "users/{user}"), ("PUT", "users/{user}/status"), ("PUT", "users/{user}/role"),
    ("POST", "users/{user}/reset-mfa"), ("POST", "users/{user}/impersonate"), ("GET", "sessions"),
    ("POST", "sessions/revoke"), ("GET", "audit"), ("GET", "audit/export"), ("GET", "audit/verify"),
    ("GET", "keys"), ("POST", "keys/rotate"),
    ("DELETE", "users/{user}"), ("POST", "users/{user}/undelete"), ("GET", "users/{user}/export"),
    ("POST", "users/{user}/export"), ("GET", "users/{user}/export/download"),
    ("POST", "users/{user}/reset-link"),
]  # fmt: skip


async def test_every_administrators_route_is_in_the_list(served: ServedAuth) -> None:
    paths = served.app.openapi()["paths"]
    known = {
        (method.upper(), path.removeprefix("/api/auth/admin/").replace("{user_id}", "{user}"))
        for path, methods in paths.items()
        if path.startswith("/api/auth/admin/")
        for method in methods
    }

    of_impersonations = {
        ("POST", "impersonation/renew"),
        ("POST", "impersonation/end"),
    }
    # Those of joining are asked for in tests/routes/declared/joining.py.
    of_joining = {each for each in known if each[1].startswith(("invitations", "allowlist"))}
    assert known == {*ROUTES, *of_impersonations, *of_joining}


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_nobody_else_comes_in(served: ServedAuth, method: str, path: str) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")
    url = f"/api/auth/admin/{path.format(user=ada['user_id'])}"
    json = None if method == "GET" else BODIES.get(path.rpartition("/")[2], {})

    without = await eve_browser.request(method, url, json=json)
    as_member = await eve_browser.request(method, url, json=json, headers=bearer(eve))
    await served.auth.database.execute("UPDATE users SET role = 'guest' WHERE role = 'member'")
    as_guest = await eve_browser.request(method, url, json=json, headers=bearer(eve))
    await browser.post_json("/api/auth/logout", **bearer(ada))
    after_logout = await browser.request(method, url, json=json, headers=bearer(ada))

    assert (without.status_code, as_member.status_code, as_guest.status_code) == (401, 403, 403)
    assert after_logout.status_code == 401


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_suspended_administrator_and_an_old_token_come_in_no_more(
    served: ServedAuth, method: str, path: str
) -> None:
    browser, ada = await served.claimed()
    url = f"/api/auth/admin/{path.format(user=ada['user_id'])}"
    json = None if method == "GET" else BODIES.get(path.rpartition("/")[2], {})

    await served.auth.database.execute("UPDATE users SET status = 'suspended'")
    suspended = await browser.request(method, url, json=json, headers=bearer(ada))
    await served.auth.database.execute("UPDATE users SET status = 'active'")
    served.clock.advance(timedelta(minutes=5, seconds=6))
    expired = await browser.request(method, url, json=json, headers=bearer(ada))

    assert (suspended.status_code, expired.status_code) == (401, 401)


async def test_a_token_that_says_admin_is_not_enough(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    await served.auth.database.execute("UPDATE users SET role = 'member'")

    assert (await browser.get("/api/auth/admin/users", headers=bearer(ada))).status_code == 403


async def test_acts_ask_for_a_recent_proof_and_looking_does_not(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    _, eve = await served.person("eve@example.org")
    served.clock.advance(timedelta(minutes=10, seconds=1))
    ada = (await browser.post_json("/api/auth/refresh")).json()

    answer = await put(browser, ada, eve["user_id"], "status", {"status": "suspended"})

    assert (answer.status_code, answer.json()["code"]) == (401, "insufficient_user_authentication")
    assert len(await listed(browser, ada)) == 2


async def test_two_administrators_who_demote_each_other_leave_one(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")
    await served.auth.database.execute("UPDATE users SET role = 'admin'")
    eve = (await eve_browser.post_json("/api/auth/refresh")).json()

    answers = await asyncio.gather(
        put(browser, ada, eve["user_id"], "role", {"role": "member"}),
        put(eve_browser, eve, ada["user_id"], "role", {"role": "member"}),
    )

    assert 204 in [answer.status_code for answer in answers]
    rows = await served.auth.database.fetch("SELECT id FROM users WHERE role = 'admin'")
    assert len(rows) == 1


async def test_one_person_is_told_in_full_and_without_secrets(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    _, eve = await served.person("eve@example.org")
    path = f"/api/auth/admin/users/{eve['user_id']}"

    person = (await browser.get(path, headers=bearer(ada))).json()
    unknown = await browser.get(f"/api/auth/admin/users/{uuid4()}", headers=bearer(ada))
    malformed = await browser.get("/api/auth/admin/users/nobody", headers=bearer(ada))

    assert person["emails"] == [{"email": "eve@example.org", "is_primary": True, "verified_at": None}]
    assert (person["has_password"], person["must_change_password"]) == (True, False)
    assert (person["totp_confirmed_at"], person["recovery_codes_left"], person["sessions"]) == (None, 0, 1)
    assert "argon2" not in str(person)
    assert (unknown.status_code, unknown.json()["code"], malformed.status_code) == (404, "unknown_user", 422)

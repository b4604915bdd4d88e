"""Introspection (RFC 7662) and revocation (RFC 7009) for services: true answers, and nothing for anybody else."""

from typing import Any

import httpx2
import pytest

from emergence.kernel.service_tokens import ServiceTokens
from tests.auth.served_auth import REFRESH_COOKIE, ServedAuth, bearer


async def ask(served: ServedAuth, path: str, token: str, by: str = "chat", **more: str) -> httpx2.Response:
    secret = served.auth.settings.emergence_service_secret.get_secret_value()
    headers = {"authorization": f"Bearer {ServiceTokens(secret, by).token_for('auth')}"}
    return await served.program().post(f"/api/auth/{path}", data={"token": token} | more, headers=headers)


async def introspected(served: ServedAuth, token: str) -> dict[str, Any]:
    answer = await ask(served, "introspect", token)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


async def test_a_good_token_is_active_with_what_it_says(served: ServedAuth) -> None:
    _, ada = await served.claimed()

    found = await introspected(served, ada["access_token"])

    now = int(served.clock.now().timestamp())
    assert found == {
        "active": True,
        "iss": "emergence-auth",
        "aud": "emergence-app",
        "sub": ada["user_id"],
        "sid": ada["session_id"],
        "role": "admin",
        "token_type": "Bearer",
        "iat": now,
        "exp": now + 300,
    }


async def test_of_anything_else_it_is_said_that_it_is_not_active_and_nothing_more(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    refresh_token = browser.cookies[REFRESH_COOKIE]
    await browser.post_json("/api/auth/logout", **bearer(ada))

    for token in (ada["access_token"], refresh_token, "", "x.y.z", ada["access_token"][:-2]):
        assert await introspected(served, token) == {"active": False}


@pytest.mark.parametrize("hint", [{}, {"token_type_hint": "access_token"}])
async def test_a_revoked_token_ends_its_login_session(served: ServedAuth, hint: dict[str, str]) -> None:
    browser, ada = await served.claimed()
    _, bob = await served.person("bob@example.org")

    answers = [await ask(served, "revoke", ada["access_token"], **hint) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert (await browser.get("/api/auth/session", headers=bearer(ada))).status_code == 401
    assert (await browser.get("/api/auth/session", headers=bearer(bob))).status_code == 200
    rows = await served.auth.database.fetch("SELECT kind, ref, reason FROM revocations")
    assert [tuple(row) for row in rows] == [("sid", ada["session_id"], "revoked_by_chat")]


async def test_a_refresh_token_may_be_revoked_and_an_invented_one_does_nothing(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    token = browser.cookies[REFRESH_COOKIE]
    forged = token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB")

    assert (await ask(served, "revoke", forged)).status_code == 200
    assert (await browser.get("/api/auth/session", headers=bearer(ada))).status_code == 200
    assert (await ask(served, "revoke", token)).status_code == 200
    assert (await browser.get("/api/auth/session", headers=bearer(ada))).status_code == 401


@pytest.mark.parametrize("path", ["introspect", "revoke"])
async def test_only_services_may_ask(served: ServedAuth, path: str) -> None:
    browser, ada = await served.claimed()
    form = {"token": ada["access_token"]}

    anonymous = await browser.post(f"/api/auth/{path}", data=form)
    as_person = await browser.post(f"/api/auth/{path}", data=form, headers=bearer(ada))

    assert (anonymous.status_code, as_person.status_code) == (401, 401)
    assert (await browser.get("/api/auth/session", headers=bearer(ada))).status_code == 200


@pytest.mark.parametrize("body", [b"", b"token=a&token=b", b"other=1", b"\xff\xfe", b"&".join([b"a=1"] * 50)])
async def test_a_form_without_one_token_is_malformed(served: ServedAuth, body: bytes) -> None:
    secret = served.auth.settings.emergence_service_secret.get_secret_value()
    headers = {"authorization": f"Bearer {ServiceTokens(secret, 'chat').token_for('auth')}"}

    answer = await served.program().post("/api/auth/introspect", content=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")

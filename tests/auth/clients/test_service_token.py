"""Tokens for services on other machines: who gets one, what it says, and who accepts it."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx2
import jwt
import pytest

from emergence.auth.clients.register_client import remove_client, renew_credentials
from emergence.auth.settings import AuthSettings
from emergence.contracts.auth.service_clients import (
    ServiceClientExists,
    UnknownServiceClient,
)
from emergence.kernel.service_tokens import ServiceTokens
from tests.auth.clients.holding import ENDPOINT, NAME, Held, ask, audited, basic, key_set, refusal, with_secret
from tests.auth.served_auth import ServedAuth, auth_environ, bearer, served_auth


def said(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


async def introspect(served: ServedAuth, token: str) -> int:
    answer = await served.program().post(
        "/api/auth/introspect", data={"token": "x"}, headers={"authorization": f"Bearer {token}"}
    )
    return answer.status_code


async def test_a_client_with_a_key_gets_a_token_for_one_service(held: Held) -> None:
    answer = await held.ask(audience="chat")

    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    token = body.pop("access_token")
    assert body == {"token_type": "Bearer", "expires_in": 300}
    now = int(held.served.clock.now().timestamp())
    claims = said(token)
    assert claims.pop("jti")
    assert claims == {
        "iss": "emergence-auth",
        "aud": "chat",
        "sub": NAME,
        "client_id": NAME,
        "iat": now,
        "nbf": now,
        "exp": now + 300,
    }
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    assert await audited(held.served) == [
        ("admin.client_added", "success", '{"by": "command", "client": "session"}'),
        ("token.issued", "success", '{"audience": "chat", "client": "session", "method": "private_key_jwt"}'),
    ]


async def test_a_secret_counts_in_the_header_and_in_the_form(served: ServedAuth) -> None:
    secret = await with_secret(served)
    assert len(secret) == 43, "256 bits"

    by_header = await ask(served, {"audience": "auth"}, **basic(NAME, secret))
    by_form = await ask(served, {"audience": "auth", "client_id": NAME, "client_secret": secret})

    assert (by_header.status_code, by_form.status_code) == (200, 200)
    assert "scope" not in by_header.json()
    rows = await served.auth.database.fetch("SELECT service_clients::text AS row FROM service_clients")
    assert secret not in rows[0]["row"]


async def test_its_token_opens_the_internal_routes_of_its_audience_only(held: Held) -> None:
    for_auth = (await held.ask(audience="auth")).json()["access_token"]
    for_chat = (await held.ask(audience="chat")).json()["access_token"]

    assert await introspect(held.served, for_auth) == 200
    assert await introspect(held.served, for_chat) == 401
    assert await introspect(held.served, for_auth[:-4] + "AAAA") == 401
    as_person = await held.served.program().get("/api/auth/session", headers={"authorization": f"Bearer {for_auth}"})
    assert as_person.status_code == 401
    held.served.clock.advance(timedelta(seconds=306))
    assert await introspect(held.served, for_auth) == 401


async def test_a_route_for_one_service_refuses_another_client(served: ServedAuth) -> None:
    body = {"ticket": "x" * 43, "origin": None}

    async def consume(name: str) -> httpx2.Response:
        token = (await ask(served, {"audience": "auth"}, **basic(name, await with_secret(served, name)))).json()
        return await served.program().post("/api/auth/internal/ws-tickets/consume", json=body, headers=bearer(token))

    assert (await consume("reports")).status_code == 403
    assert (await consume("session")).json()["code"] == "ticket_rejected"


async def test_a_persons_token_opens_no_internal_route(served: ServedAuth) -> None:
    _, ada = await served.claimed()

    assert await introspect(served, ada["access_token"]) == 401


async def test_who_does_not_prove_anything_learns_nothing(served: ServedAuth) -> None:
    secret = await with_secret(served)
    answers = [
        await ask(served, {}, **basic(NAME, "x" * 43)),
        await ask(served, {}, **basic("nobody", secret)),
        await ask(served, {}, **basic("", "")),
        await ask(served, {}, authorization="Basic %%%"),
        await ask(served, {}, authorization=f"Bearer {secret}"),
        await ask(served, {"client_id": NAME}),
        await ask(served, {"client_id": NAME, "client_secret": secret[:-1]}),
        await ask(served, {}),
    ]

    assert {refusal(answer) for answer in answers} == {(401, "invalid_client")}
    assert {answer.headers["www-authenticate"] for answer in answers} == {'Basic realm="emergence"'}
    bodies = {json.dumps({**answer.json(), "trace_id": "", "instance": ""}) for answer in answers}
    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"audience": "session"}, "invalid_target"),
        ({"audience": "emergence-app"}, "invalid_target"),
        ({}, "invalid_request"),
        ({"audience": "chat", "scope": "runs:read"}, "invalid_scope"),
        ({"audience": "chat", "grant_type": "password"}, "unsupported_grant_type"),
        ({"audience": "chat", "grant_type": ""}, "invalid_request"),
    ],
)
async def test_what_is_not_given_out_is_said_in_oauths_words(
    served: ServedAuth, form: dict[str, str], expected: str
) -> None:
    secret = await with_secret(served)

    answer = await ask(served, form, **basic(NAME, secret))

    assert refusal(answer) == (400, expected)
    assert answer.json()["error_description"] == answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"grant_type=client_credentials&grant_type=client_credentials", "application/x-www-form-urlencoded"),
        (b"grant_type=client_credentials&scope=%ff", "application/x-www-form-urlencoded"),
        (b"grant_type=client_credentials&scope=%00", "application/x-www-form-urlencoded"),
        (b"\xff", "application/x-www-form-urlencoded"),
        (b"a&b", "application/x-www-form-urlencoded"),
        (b"", "application/x-www-form-urlencoded"),
        (b"&".join(b"p%d=1" % number for number in range(40)), "application/x-www-form-urlencoded"),
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b"grant_type=client_credentials&client_secret=x&client_id=session", "application/x-www-form-urlencoded"),
    ],
)
async def test_a_malformed_request_is_refused_and_not_written_down(served: ServedAuth, body: bytes, kind: str) -> None:
    secret = await with_secret(served)

    answer = await served.program().post(
        "/api/auth/token", content=body, headers={"content-type": kind} | basic(NAME, secret)
    )

    assert refusal(answer) == (400, "invalid_request")
    assert [kind for kind, _, _ in await audited(served)] == ["admin.client_added"]


async def test_a_removed_client_and_former_credentials_get_nothing_more(served: ServedAuth) -> None:
    first = await with_secret(served)
    second = await renew_credentials(served.auth, NAME)
    assert second is not None

    assert refusal(await ask(served, {"audience": "chat"}, **basic(NAME, first))) == (401, "invalid_client")
    assert (await ask(served, {"audience": "chat"}, **basic(NAME, second))).status_code == 200
    held = Held(served)
    assert await renew_credentials(served.auth, NAME, json.dumps(key_set(held.key))) is None
    assert refusal(await ask(served, {"audience": "chat"}, **basic(NAME, second))) == (401, "invalid_client")
    assert (await held.ask(audience="chat")).status_code == 200
    await remove_client(served.auth, NAME)
    assert refusal(await held.ask(audience="chat")) == (401, "invalid_client")
    with pytest.raises(UnknownServiceClient):
        await remove_client(served.auth, NAME)
    with pytest.raises(UnknownServiceClient):
        await renew_credentials(served.auth, NAME)


async def test_a_name_belongs_to_one_client_also_when_several_are_added_at_once(served: ServedAuth) -> None:
    found = await asyncio.gather(*(with_secret(served) for _ in range(6)), return_exceptions=True)

    (secret,) = [each for each in found if isinstance(each, str)]
    assert sum(isinstance(each, ServiceClientExists) for each in found) == 5
    assert (await ask(served, {"audience": "chat"}, **basic(NAME, secret))).status_code == 200


async def test_too_many_requests_are_slowed_down(served: ServedAuth) -> None:
    secret = await with_secret(served)
    answers = [await ask(served, {"audience": "chat"}, **basic(NAME, secret)) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1

    served.clock.advance(timedelta(minutes=10))
    strangers = [await ask(served, {}, **basic(NAME, "x")) for _ in range(121)]
    assert [answer.status_code for answer in strangers] == [401] * 20 + [429] * 101
    elsewhere = await served.program("198.51.100.7").post(
        "/api/auth/token", data={"grant_type": "client_credentials", "audience": "chat"}, headers=basic(NAME, secret)
    )
    assert elsewhere.status_code == 200, "strangers use up their own turns only"


async def test_refusals_never_keep_a_right_client_at_the_same_address_waiting(served: ServedAuth) -> None:
    secret = await with_secret(served)
    refused = [(await ask(served, {}, **basic(NAME, "x"))).status_code for _ in range(30)]

    right = await ask(served, {"audience": "chat"}, **basic(NAME, secret))

    assert (refused, right.status_code) == ([401] * 20 + [429] * 10, 200)


async def test_a_flood_of_refused_requests_leaves_one_row_a_minute_for_a_network(served: ServedAuth) -> None:
    for minute in range(3):
        for number in range(60):
            await ask(served, {"client_id": f"client{number}", "client_secret": "y"}, **{"user-agent": "u" * 300})
        rows = await audited(served)
        assert rows == [("token.refused", "failure", '{"reason": "unknown_client"}')] * (minute + 1)
        served.clock.advance(timedelta(seconds=61))


async def test_many_networks_leave_few_rows_and_hide_no_proved_clients_refusal(served: ServedAuth) -> None:
    secret = await with_secret(served)
    form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    for number in range(80):
        await served.program(f"8.8.{number}.8").post("/api/auth/token", data=form)
    refusals = [row for row in await audited(served) if row[0] == "token.refused"]
    assert len(refusals) == 60

    proved = await ask(served, {"audience": "session"}, **basic(NAME, secret))

    assert refusal(proved) == (400, "invalid_target")
    said_last = ("token.refused", "failure", f'{{"client": "{NAME}", "reason": "invalid_target"}}')
    assert (await audited(served))[-1] == said_last


async def test_standard_clients_find_the_endpoint(served: ServedAuth) -> None:
    found = (await served.program().get("/.well-known/oauth-authorization-server")).json()

    assert found["token_endpoint"] == ENDPOINT
    assert found["grant_types_supported"] == ["client_credentials"]
    assert found["token_endpoint_auth_methods_supported"] == [
        "private_key_jwt",
        "client_secret_basic",
        "client_secret_post",
    ]
    assert found["token_endpoint_auth_signing_alg_values_supported"] == ["EdDSA", "ES256"]


async def test_its_tokens_verify_also_where_a_secret_signs_for_people(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, AUTH_TOKEN_ALG="HS256")) as served:
        secret = await with_secret(served)
        token = (await ask(served, {"audience": "auth"}, **basic(NAME, secret))).json()["access_token"]

        assert jwt.get_unverified_header(token)["alg"] == "EdDSA"
        assert await introspect(served, token) == 200


async def test_the_shared_secret_still_counts(served: ServedAuth) -> None:
    settings: AuthSettings = served.auth.settings
    tokens = ServiceTokens(settings.emergence_service_secret.get_secret_value(), "chat")

    assert await introspect(served, tokens.token_for("auth")) == 200

"""Tickets for sockets: once, for half a minute, from one origin, for one service."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from emergence.auth.sweep import sweep
from emergence.contracts.auth.client import AuthClient
from emergence.contracts.auth.problems import TicketRejected
from emergence.kernel.errors import ServiceError
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.peers import Peers
from tests.auth.served_auth import PUBLIC_URL, ServedAuth, auth_environ, bearer, served_auth

ORIGIN = {"origin": PUBLIC_URL}


def neighbour(served: ServedAuth, name: str = "session") -> AuthClient:
    secret = served.auth.settings.emergence_service_secret.get_secret_value()
    tokens = ServiceTokens(secret, name)
    peers = Peers({"auth": InProcess(served.app, service="auth", tokens=tokens)})
    return AuthClient(peers)


async def ticket_for(served: ServedAuth, signed_in: dict[str, Any], **headers: str) -> str:
    answer = await served.browser().post_json("/api/auth/ws-ticket", **(bearer(signed_in) | ORIGIN | headers))
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["expires_in"] == 30
    return str(answer.json()["ticket"])


async def test_a_ticket_says_who_holds_it(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    ticket = await ticket_for(served, signed_in)

    holder = await neighbour(served).consume_ticket(ticket, PUBLIC_URL)

    assert str(holder.user_id) == signed_in["user_id"]
    assert str(holder.session_id) == signed_in["session_id"]
    assert holder.role == "admin"
    assert holder.session_expires_at == served.clock.now() + timedelta(days=7)


async def test_a_ticket_works_once(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    ticket = await ticket_for(served, signed_in)
    client = neighbour(served)

    outcomes = await asyncio.gather(
        *(client.consume_ticket(ticket, PUBLIC_URL) for _ in range(8)), return_exceptions=True
    )

    assert sum(isinstance(outcome, TicketRejected) for outcome in outcomes) == 7


async def test_a_ticket_lasts_thirty_seconds(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    in_time, late = await ticket_for(served, signed_in), await ticket_for(served, signed_in)

    served.clock.advance(timedelta(seconds=29))
    await neighbour(served).consume_ticket(in_time, PUBLIC_URL)
    served.clock.advance(timedelta(seconds=1))

    with pytest.raises(TicketRejected):
        await neighbour(served).consume_ticket(late, PUBLIC_URL)


@pytest.mark.parametrize("origin", ["https://evil.example", None, "http://127.0.0.1:8081", "null"])
async def test_another_origin_is_refused_and_uses_the_ticket_up(served: ServedAuth, origin: str | None) -> None:
    _, signed_in = await served.claimed()
    ticket = await ticket_for(served, signed_in)

    for presented in (origin, PUBLIC_URL):
        with pytest.raises(TicketRejected):
            await neighbour(served).consume_ticket(ticket, presented)


async def test_a_program_without_origin_gets_a_ticket_without_one(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    answer = await served.program().post_json("/api/auth/ws-ticket", **bearer(signed_in))

    holder = await neighbour(served).consume_ticket(answer.json()["ticket"], None)

    assert str(holder.user_id) == signed_in["user_id"]


async def test_no_ticket_without_a_live_session(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    ticket = await ticket_for(served, signed_in)
    await browser.post_json("/api/auth/logout", **bearer(signed_in))

    answer = await browser.post_json("/api/auth/ws-ticket", **bearer(signed_in))
    by_cookie = await browser.post_json("/api/auth/ws-ticket")

    assert (answer.status_code, answer.json()["code"]) == (401, "login_session_ended")
    assert by_cookie.status_code == 401
    with pytest.raises(TicketRejected):
        await neighbour(served).consume_ticket(ticket, PUBLIC_URL)


async def test_a_session_gets_thirty_tickets_a_minute_however_many_are_asked_for_at_once(database_url: str) -> None:
    environ = auth_environ(database_url)
    async with served_auth(environ) as served, served_auth(environ, served.clock) as other:
        _, signed_in = await served.claimed()
        _, other_person = await served.person("bob@example.org")

        def ask(number: int, whose: dict[str, Any]) -> Awaitable[httpx2.Response]:
            return (served, other)[number % 2].browser().post_json("/api/auth/ws-ticket", **bearer(whose))

        answers = await asyncio.gather(*(ask(number, signed_in) for number in range(40)))
        refused = [answer for answer in answers if answer.status_code == 429]

        assert sum(answer.status_code == 200 for answer in answers) == 30
        assert refused[0].headers["ratelimit-policy"] == '"ws-ticket";q=30;w=60'
        assert (await ask(0, other_person)).status_code == 200
        served.clock.advance(timedelta(seconds=2))
        assert [(await ask(number, signed_in)).status_code for number in range(2)] == [200, 429]


async def test_another_site_gets_no_ticket(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()

    answer = await served.program().post_json("/api/auth/ws-ticket", **bearer(signed_in), origin="https://evil.example")

    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")


async def test_only_the_session_service_may_use_tickets_up(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    ticket = await ticket_for(served, signed_in)
    body = {"ticket": ticket, "origin": PUBLIC_URL}
    path = "/api/auth/internal/ws-tickets/consume"

    with pytest.raises(ServiceError) as chat:
        await neighbour(served, "chat").consume_ticket(ticket, PUBLIC_URL)
    outsiders = [
        (await served.program().post_json(path, body)).status_code,
        (await served.program().post_json(path, body, **bearer(signed_in))).status_code,
    ]

    assert chat.value.status == 403
    assert outsiders == [401, 401]
    await neighbour(served, "auth+session").consume_ticket(ticket, PUBLIC_URL)


async def test_old_tickets_and_attempts_are_swept_away(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    await ticket_for(served, signed_in)
    await served.browser().post_json("/api/auth/login", {"email": "a@b.c", "password": "wrong"})

    served.clock.advance(timedelta(days=2))
    await sweep(served.auth)

    assert await served.auth.database.fetch("SELECT FROM ws_tickets UNION ALL SELECT FROM rate_buckets") == []

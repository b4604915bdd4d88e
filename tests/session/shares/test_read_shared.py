"""Whoever reads what is shared is held to a pace, and the token of a link is kept nowhere."""

import json
import logging

import httpx2
import pytest

from tests.served_app import NO_CERTIFICATES
from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ
from tests.session.shares.test_share_thread import read, shared
from tests.session.threads.talking import talked


async def test_one_network_reads_so_many_pages_a_minute(database_url: str, ada: Person) -> None:
    environ = session_environ(database_url, SESSION_SHARED_READS_PER_MINUTE="3", AUTH_TRUSTED_HOPS="1")
    async with (
        served_session(environ) as served,
        httpx2.AsyncClient(base_url=served.url, trust_env=False, verify=NO_CERTIFICATES) as client,
    ):

        async def status(*forwarded: str) -> int:
            headers = [("x-forwarded-for", each) for each in forwarded]
            answered = await client.post("/api/shared", json={"token": "x"}, headers=headers)
            return answered.status_code

        assert [await status("9.9.9.9") for _ in range(4)] == [404, 404, 404, 429]
        assert await status("8.8.8.8") == 404
        assert await status("1.1.1.1", "9.9.9.9") == 429  # what a reader writes in front counts for nothing
        assert await status("2001:4860::1") == 404


async def test_a_token_is_kept_nowhere(
    served: ServedSession, ada: Person, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    thread = await talked(served, ada, "Quiet")
    token = (await shared(served, ada, thread))["token"]
    await read(served, token)
    await served.ask("POST", "/api/shared", None, {"token": token, "unknown": 1})
    figures = (await served.get("/metrics", None)).text
    tables = await served.parts.database.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    )
    kept = [
        json.dumps(
            [dict(row) for row in await served.parts.database.fetch(f"SELECT * FROM {table['table_name']}")],
            default=str,
        )
        for table in tables
    ]
    said = "".join(capsys.readouterr()) + caplog.text
    assert token not in said + figures + "".join(kept)
    assert len(token) == 43


async def test_another_sites_page_reads_nothing(served: ServedSession, ada: Person) -> None:
    token = (await shared(served, ada, await talked(served, ada, "Here only")))["token"]
    async with httpx2.AsyncClient(base_url=served.url, trust_env=False, verify=NO_CERTIFICATES) as client:
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
            answered = await client.post("/api/shared", json={"token": token}, headers=headers)
            assert (answered.status_code, answered.json()["code"]) == (403, "cross_site_request")


@pytest.mark.parametrize(
    "body",
    [{}, {"token": 7}, {"token": "x" * 101}, {"token": "x", "after": -1}, {"token": "x", "after": 2**31}, [], "x"],
)
async def test_malformed_questions_are_refused(served: ServedSession, body: object) -> None:
    assert (await served.ask("POST", "/api/shared", None, body)).status_code == 422


@pytest.mark.parametrize("token", ["", "\x00", "é" * 43, "'; DROP TABLE shares; --"])
async def test_odd_tokens_lead_nowhere(served: ServedSession, token: str) -> None:
    assert (await read(served, token)).status_code == 404


async def copied(served: ServedSession, person: Person | None, token: str) -> httpx2.Response:
    return await served.ask("POST", "/api/shared/copy", person, {"token": token})


async def test_who_has_the_link_goes_on_in_a_copy_of_their_own(served: ServedSession, ada: Person, bob: Person) -> None:
    thread = await talked(served, ada, "One", "Two", answers=["1", "2"])
    token = (await shared(served, ada, thread))["token"]

    first, again = await copied(served, bob, token), await copied(served, bob, token)

    assert (first.status_code, first.json()) == (201, again.json())
    copy = first.json()["id"]
    async with live_client(served.url, bob) as client:
        ack = await client.send("Three", thread=copy)
        await client.until("run.ended", run=ack["run"])
    assert [turn.text for turn in served.chat.requests[-1].turns] == ["One", "1", "Two", "2", "Three"]
    assert len((await served.get(f"/api/threads/{copy}/messages", bob)).json()["messages"]) == 6
    assert len((await served.get(f"/api/threads/{thread}/messages", ada)).json()["messages"]) == 4
    assert (await served.get(f"/api/threads/{copy}", ada)).status_code == 404


async def test_no_copy_is_made_of_a_dead_link_or_by_nobody(served: ServedSession, ada: Person, bob: Person) -> None:
    made = await shared(served, ada, await talked(served, ada, "One"))
    assert (await copied(served, None, made["token"])).status_code == 401
    await served.ask("DELETE", f"/api/threads/shares/{made['share']['id']}", ada)
    assert (await copied(served, bob, made["token"])).status_code == 404
    assert (await served.get("/api/threads", bob)).json()["threads"] == []


@pytest.mark.parametrize(("after", "status"), [(10**9 - 1, 404), (10**9, 422), (2**31 - 1, 422)])
async def test_a_page_far_beyond_any_conversation_is_no_server_error(
    served: ServedSession, after: int, status: int
) -> None:
    answered = await served.ask("POST", "/api/shared", None, {"token": "x" * 43, "after": after})

    assert answered.status_code == status, answered.text

"""Threads and messages over REST."""

import json
from uuid import uuid4

import httpx2
import pytest

from emergence.session import asyncapi
from tests.served_app import NO_CERTIFICATES
from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession


async def test_threads_come_latest_first_in_pages(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        sent = [await client.send(f"Thread {number}") for number in range(5)]
        for ack in sent:
            if ack["run"] not in client.screen.ended:
                await client.until("run.ended", run=ack["run"])

    first = (await served.get("/api/threads?limit=3", ada)).json()
    second = (await served.get(f"/api/threads?limit=3&before={first['next'].replace('+', '%2B')}", ada)).json()

    times = [thread["updated_at"] for thread in first["threads"] + second["threads"]]
    assert times == sorted(times, reverse=True)
    assert len(first["threads"]) == 3
    assert second["next"] is None
    assert {thread["id"] for thread in first["threads"] + second["threads"]} == {ack["thread"] for ack in sent}


async def test_messages_come_oldest_first_in_pages_that_go_back(served: ServedSession, ada: Person) -> None:
    thread = None
    async with live_client(served.url, ada) as client:
        for number in range(3):
            ack = await client.send(f"Question {number}", thread=thread)
            thread = ack["thread"]
            await client.until("run.ended", run=ack["run"])

    newest = (await served.get(f"/api/threads/{thread}/messages?limit=4", ada)).json()
    oldest = (await served.get(f"/api/threads/{thread}/messages?limit=4&before={newest['next']}", ada)).json()

    questions = [
        message["parts"][0]["text"] for message in oldest["messages"] + newest["messages"] if message["role"] == "user"
    ]
    assert questions == ["Question 0", "Question 1", "Question 2"]
    assert oldest["next"] is None
    assert newest["seq"] == client.screen.positions[f"thread:{thread}"]


async def test_a_visitor_without_a_token_learns_nothing(served: ServedSession) -> None:
    for path in ("/api/threads", f"/api/threads/{uuid4()}", f"/api/threads/{uuid4()}/messages"):
        assert (await served.get(path, None)).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/api/threads?before=yesterday",
        "/api/threads?before=2026-11-22T10:00:00~019a0000-0000-7000-8000-000000000001",
        "/api/threads?before=0001-01-01T00:00:00%2B14:00~019a0000-0000-7000-8000-000000000001",
        "/api/threads?before=9999-12-31T23:59:59-14:00~019a0000-0000-7000-8000-000000000001",
        "/api/threads?limit=0",
        "/api/threads?limit=100000",
        "/api/threads/not-an-id/messages",
        "/api/threads/019a0000-0000-7000-8000-000000000001/messages?before=x.y",
        "/api/threads/019a0000-0000-7000-8000-000000000001/messages?before=99999999999999999999.1",
        "/api/threads/019a0000-0000-7000-8000-000000000001/messages?before=%C2%B2.1",
    ],
)
async def test_malformed_questions_are_refused(served: ServedSession, ada: Person, path: str) -> None:
    answer = await served.get(path, ada)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
async def test_the_first_and_the_last_moment_are_places_in_a_list(
    served: ServedSession, ada: Person, moment: str
) -> None:
    page = await served.get(f"/api/threads?before={moment}~019a0000-0000-7000-8000-000000000001", ada)

    assert (page.status_code, page.json()) == (200, {"threads": [], "next": None})


async def test_the_protocols_description_is_made_once_however_often_it_is_asked_for(
    served: ServedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    whole = asyncapi.asyncapi_document()

    def counted() -> dict[str, object]:
        made.append(None)
        return whole

    monkeypatch.setattr(asyncapi, "asyncapi_document", counted)
    asyncapi.published_asyncapi.cache_clear()

    answers = [await served.get("/asyncapi.json", None) for _ in range(20)]

    assert len(made) == 1
    assert all(answer.json() == json.loads(json.dumps(whole)) for answer in answers)
    assert {answer.headers["cache-control"] for answer in answers} == {"public, max-age=300"}


async def test_whoever_has_the_description_does_not_get_it_again(served: ServedSession) -> None:
    first = await served.get("/asyncapi.json", None)
    tag = first.headers["etag"]

    async with httpx2.AsyncClient(base_url=served.url, verify=NO_CERTIFICATES) as reader:
        same = [await reader.get("/asyncapi.json", headers={"if-none-match": held}) for held in (tag, f'"x", W/{tag}')]
        other = await reader.get("/asyncapi.json", headers={"if-none-match": '"another"'})

    assert [(answer.status_code, answer.content, answer.headers["etag"]) for answer in same] == [(304, b"", tag)] * 2
    assert (other.status_code, other.content) == (200, first.content)

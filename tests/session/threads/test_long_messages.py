"""Messages of megabytes, which only come in with files, are read, shared and exported in pages that stay small."""

import json
from typing import Any

import httpx2

from tests.session.imports.bringing import brought, threads_of, zipped
from tests.session.imports.chatgpt_export import export, simple
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession
from tests.session.shares.test_share_thread import read, shared, texts
from tests.session.threads.talking import shown, text_of

MEGABYTE = 1024 * 1024
SAID = [f"{number} " + "x" * (3 * MEGABYTE // 2) for number in range(6)]


async def of_megabytes(served: ServedSession, person: Person) -> str:
    result = await brought(served, person, zipped(conversations_json=export(simple("Long", *SAID))))
    assert result["imported"] == 1, result
    (thread,) = await threads_of(served, person)
    return str(thread["id"])


async def test_no_page_of_a_thread_is_larger_than_a_few_megabytes(served: ServedSession, ada: Person) -> None:
    thread = await of_megabytes(served, ada)

    first = await served.get(f"/api/threads/{thread}/messages?limit=200", ada)

    assert len(first.content) < 5 * MEGABYTE
    assert [text_of(message) for message in await shown(served, ada, thread)] == SAID


async def test_nor_is_one_of_a_shared_conversation(served: ServedSession, ada: Person, bob: Person) -> None:
    token = (await shared(served, ada, await of_megabytes(served, ada)))["token"]
    said: list[str] = []
    after: int | None = 0
    while after is not None:
        page = await read(served, token, after)
        assert len(page.content) < 5 * MEGABYTE
        said += texts(page)
        after = page.json()["next"]
    headers = served.auth.bearer(bob)
    async with httpx2.AsyncClient(base_url=served.url, headers=headers, trust_env=False, timeout=60) as client:
        copy = (await client.post("/api/shared/copy", json={"token": token})).json()["id"]

    assert said == SAID
    assert [text_of(message) for message in await shown(served, bob, copy)] == SAID


async def test_an_export_leaves_none_of_them_out(served: ServedSession, ada: Person) -> None:
    thread = await of_megabytes(served, ada)

    exported: dict[str, Any] = json.loads((await served.get(f"/api/threads/{thread}/export", ada)).content)

    assert [text_of(message) for message in exported["messages"]] == SAID

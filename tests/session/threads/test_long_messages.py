"""Messages of megabytes, which only come in with files, are read, shared and exported in pages that stay small."""

import json
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from emergence.session.threads import search_threads
from emergence.session.threads.excerpt import words_of
from emergence.session.threads.query_terms import Term
from tests.served_app import NO_CERTIFICATES
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
    async with httpx2.AsyncClient(
        base_url=served.url, headers=headers, trust_env=False, timeout=60, verify=NO_CERTIFICATES
    ) as client:
        copy = (await client.post("/api/shared/copy", json={"token": token})).json()["id"]

    assert said == SAID
    assert [text_of(message) for message in await shown(served, bob, copy)] == SAID


async def test_an_export_leaves_none_of_them_out(served: ServedSession, ada: Person) -> None:
    thread = await of_megabytes(served, ada)

    exported: dict[str, Any] = json.loads((await served.get(f"/api/threads/{thread}/export", ada)).content)

    assert [text_of(message) for message in exported["messages"]] == SAID


async def test_finding_something_in_them_takes_no_longer_than_in_others(
    served: ServedSession, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_words = 0

    def counted(text: str, terms: Sequence[Term]) -> set[str]:
        nonlocal read_words
        found = words_of(text, terms)
        read_words += len(found)
        return found

    monkeypatch.setattr(search_threads, "words_of", counted)
    long = " ".join(f"n{number}" for number in range(100_000))
    few = " ".join(f"n{number % 50}" for number in range(100_000))  # or there were too many words for the index
    said = [f"{few} the Needles are here {few}", f"Needle {long}", "A needle."]
    assert (await brought(served, ada, zipped(conversations_json=export(simple("Sewing", *said)))))["imported"] == 1

    page = (await served.get("/api/threads/search?q=needle", ada)).json()

    marked = [[piece["text"] for piece in hit["excerpt"] if piece["hit"]] for hit in page["hits"]]
    assert sorted(marked) == [["Needle"], ["Needles"], ["needle"]]
    (deep,) = [hit for hit in page["hits"] if {"text": "Needles", "hit": True} in hit["excerpt"]]
    assert "".join(piece["text"] for piece in deep["excerpt"]).startswith("… ")
    assert read_words < 20_000

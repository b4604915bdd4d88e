"""Folders are a person's own, in their order, and what is in them outlives them."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ
from tests.session.threads.talking import Json, changed, created, listed

FOLDERS = "/api/threads/folders"


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[ServedSession]:
    async with served_session(session_environ(database_url, SESSION_COMMANDS_PER_MINUTE="10000")) as running:
        yield running


async def folder(served: ServedSession, person: Person, name: str) -> str:
    made = await served.ask("POST", FOLDERS, person, {"name": name})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def names(served: ServedSession, person: Person) -> list[str]:
    found: list[Json] = (await served.get(FOLDERS, person)).json()["folders"]
    return [each["name"] for each in found]


async def test_folders_are_made_named_ordered_and_removed_and_told(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        ids = [await folder(served, ada, name) for name in ("Work", "Home", "Garden")]
        named = await served.ask("PATCH", f"{FOLDERS}/{ids[1]}", ada, {"name": "House"})
        ordered = await served.ask("PUT", f"{FOLDERS}/order", ada, {"folders": [ids[2], ids[0]]})
        removed = await served.ask("DELETE", f"{FOLDERS}/{ids[0]}", ada)
        heard = [(await client.until("folders.updated"))["data"]["folders"] for _ in range(6)]

    assert (named.status_code, ordered.status_code, removed.status_code) == (200, 200, 204)
    assert [[each["name"] for each in folders] for folders in heard] == [
        ["Work"],
        ["Work", "Home"],
        ["Work", "Home", "Garden"],
        ["Work", "House", "Garden"],
        ["Garden", "Work", "House"],
        ["Garden", "House"],
    ]
    assert await names(served, ada) == ["Garden", "House"]


async def test_a_thread_is_in_one_folder_at_most_and_stays_when_it_goes(served: ServedSession, ada: Person) -> None:
    work, home = await folder(served, ada, "Work"), await folder(served, ada, "Home")
    filed = await created(served, ada, title="Filed", folder=work)
    loose = await created(served, ada, title="Loose")

    assert await listed(served, ada, f"&folder={work}") == [filed["id"]]
    assert await listed(served, ada, "&folder=none") == [loose["id"]]
    await changed(served, ada, filed["id"], folder=home)
    assert await listed(served, ada, f"&folder={work}") == []
    await served.ask("DELETE", f"{FOLDERS}/{home}", ada)

    assert (await served.get(f"/api/threads/{filed['id']}", ada)).json()["folder"] is None
    assert set(await listed(served, ada, "&folder=none")) == {filed["id"], loose["id"]}
    assert (await served.get(f"/api/threads?folder={home}", ada)).status_code == 404


async def test_a_folder_is_nobody_elses(served: ServedSession, ada: Person, bob: Person) -> None:
    work, thread = await folder(served, ada, "Work"), await created(served, bob)
    own = await folder(served, bob, "Work")

    for each in (work, str(uuid4())):
        answers = [
            await served.ask("PATCH", f"{FOLDERS}/{each}", bob, {"name": "Mine"}),
            await served.ask("DELETE", f"{FOLDERS}/{each}", bob),
            await served.ask("PUT", f"{FOLDERS}/order", bob, {"folders": [own, each]}),
            await served.ask("PATCH", f"/api/threads/{thread['id']}", bob, {"folder": each}),
            await served.ask("POST", "/api/threads", bob, {"folder": each}),
            await served.get(f"/api/threads?folder={each}", bob),
        ]
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "unknown_folder")}
    assert await names(served, ada) == ["Work"]


async def test_one_name_is_given_once_even_at_once(served: ServedSession, ada: Person) -> None:
    answers = await asyncio.gather(*(served.ask("POST", FOLDERS, ada, {"name": "Work"}) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    home = await folder(served, ada, "Home")
    taken = await served.ask("PATCH", f"{FOLDERS}/{home}", ada, {"name": "Work"})
    assert (taken.status_code, taken.json()["code"]) == (409, "folder_name_taken")
    assert (await served.ask("PATCH", f"{FOLDERS}/{home}", ada, {"name": "Home"})).status_code == 200


async def test_there_are_two_hundred_at_most(served: ServedSession, ada: Person) -> None:
    for number in range(199):
        await folder(served, ada, f"Folder {number}")

    answers = await asyncio.gather(*(served.ask("POST", FOLDERS, ada, {"name": name}) for name in ("One", "Two")))

    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_filing_into_a_folder_that_goes_at_that_moment_leaves_no_thread_in_nowhere(
    served: ServedSession, ada: Person
) -> None:
    for _ in range(10):
        work, thread = await folder(served, ada, "Work"), await created(served, ada)
        filing, removal = await asyncio.gather(
            served.ask("PATCH", f"/api/threads/{thread['id']}", ada, {"folder": work}),
            served.ask("DELETE", f"{FOLDERS}/{work}", ada),
        )
        assert removal.status_code == 204
        assert filing.status_code in (200, 404)
        assert (await served.get(f"/api/threads/{thread['id']}", ada)).json()["folder"] is None


@pytest.mark.parametrize("name", ["", " ", "\u200b", "a\tb", "x" * 201, None, 7])
async def test_malformed_names_are_refused(served: ServedSession, ada: Person, name: object) -> None:
    answered = await served.ask("POST", FOLDERS, ada, {"name": name})

    assert (answered.status_code, answered.json()["code"]) == (422, "invalid_request")

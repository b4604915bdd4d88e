"""Threads are made, named, put away, pinned and filed, and everybody of that person hears it."""

import asyncio
from uuid import uuid4

import pytest

from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ
from tests.session.threads.talking import changed, created, listed, talked


async def test_an_empty_thread_is_made_once_and_named_by_its_first_message(served: ServedSession, ada: Person) -> None:
    wanted = {"cid": str(uuid4())}

    first = await created(served, ada, **wanted)
    again = await created(served, ada, **wanted)
    async with live_client(served.url, ada) as client:
        await client.send("Where does the river end?", thread=first["id"])
        heard = await client.until("thread.updated")

    assert first == again
    assert (first["title"], first["agent"], first["temporary"]) == ("", "anima", False)
    assert heard["data"]["thread"]["title"] == "Where does the river end?"
    other = await served.ask("POST", "/api/threads", ada, wanted | {"title": "Other"})
    assert (other.status_code, other.json()["code"]) == (409, "cid_reused")


async def test_the_automatic_title_never_replaces_a_given_one(served: ServedSession, ada: Person) -> None:
    given = await created(served, ada, title="Rivers", agent="neo")
    renamed = await created(served, ada)
    await changed(served, ada, renamed["id"], title="Seas")

    async with live_client(served.url, ada) as client:
        for thread in (given, renamed):
            ack = await client.send("Where does it end?", thread=thread["id"])
            await client.until("run.ended", run=ack["run"])

    titles = [(await served.get(f"/api/threads/{each['id']}", ada)).json()["title"] for each in (given, renamed)]
    assert titles == ["Rivers", "Seas"]


async def test_a_change_is_told_to_every_socket_and_moves_nothing(served: ServedSession, ada: Person) -> None:
    old, new = await talked(served, ada, "Old"), await talked(served, ada, "New")

    async with live_client(served.url, ada) as here, live_client(served.url, ada) as there:
        answered = await changed(served, ada, old, title="Renamed")
        heard = [await client.until("thread.updated") for client in (here, there)]

    assert [frame["data"]["thread"] for frame in heard] == [answered, answered]
    assert answered["title"] == "Renamed"
    assert await listed(served, ada) == [new, old]


async def test_two_tabs_that_rename_at_once_are_both_told_and_agree(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Hello")

    async with live_client(served.url, ada) as client:
        await asyncio.gather(*(changed(served, ada, thread, title=title) for title in ("One", "Two")))
        heard = [(await client.until("thread.updated"))["data"]["thread"]["title"] for _ in range(2)]

    assert sorted(heard) == ["One", "Two"]
    assert (await served.get(f"/api/threads/{thread}", ada)).json()["title"] == heard[-1]


async def test_the_archive_is_a_list_of_its_own(served: ServedSession, ada: Person) -> None:
    kept, away = await talked(served, ada, "Kept"), await talked(served, ada, "Away")
    await changed(served, ada, away, pinned=True)

    put_away = await changed(served, ada, away, archived=True)

    assert (put_away["archived"], put_away["pin_order"]) == (True, None)
    assert await listed(served, ada) == [kept]
    assert await listed(served, ada, "&archived=true") == [away]
    await changed(served, ada, away, archived=False)
    assert await listed(served, ada) == [away, kept]


async def test_pinned_threads_come_first_in_the_order_that_was_wanted(served: ServedSession, ada: Person) -> None:
    ids = [await talked(served, ada, f"Thread {number}") for number in range(6)]
    for thread in (ids[0], ids[1], ids[2]):
        await changed(served, ada, thread, pinned=True)
    assert await listed(served, ada) == [ids[2], ids[1], ids[0], ids[5], ids[4], ids[3]]

    async with live_client(served.url, ada) as client:
        ordered = await served.ask("PUT", "/api/threads/pins/order", ada, {"threads": [ids[0], ids[2]]})
        await client.until("thread.updated")

    assert [thread["id"] for thread in ordered.json()["threads"]] == [ids[0], ids[2], ids[1]]
    assert await listed(served, ada) == [ids[0], ids[2], ids[1], ids[5], ids[4], ids[3]]
    await changed(served, ada, ids[2], pinned=False)
    assert await listed(served, ada) == [ids[0], ids[1], ids[5], ids[4], ids[3], ids[2]]
    unpinned = await served.ask("PUT", "/api/threads/pins/order", ada, {"threads": [ids[2]]})
    assert (unpinned.status_code, unpinned.json()["code"]) == (404, "unknown_thread")


async def test_what_is_so_already_is_told_to_nobody(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Hello")
    once = await changed(served, ada, thread, title="Hi", archived=True, retention_days=3)
    async with served.parts.database.connection() as connection:
        before = await connection.fetchval("SELECT count(*) FROM frames")
        assert await changed(served, ada, thread, title="Hi", archived=True, retention_days=3) == once
        assert await connection.fetchval("SELECT count(*) FROM frames") == before


async def test_pages_hold_nothing_twice_and_lose_nothing_that_stays_while_others_move(
    served: ServedSession, ada: Person
) -> None:
    ids = [await talked(served, ada, f"Thread {number}") for number in range(9)]
    seen: list[str] = []
    before, movers = "", iter([ids[8], ids[0], ids[7]])
    async with live_client(served.url, ada) as client:
        while True:
            page = (await served.get(f"/api/threads?limit=3{before}", ada)).json()
            seen += [thread["id"] for thread in page["threads"]]
            if page["next"] is None:
                break
            before = f"&before={page['next'].replace('+', '%2B')}"
            mover = next(movers)
            ack = await client.send("It moves", thread=mover)
            await client.until("run.ended", run=ack["run"])
            await changed(served, ada, ids[4], title=f"Renamed {len(seen)}")

    assert len(seen) == len(set(seen))
    assert set(ids) - set(seen) == {ids[0]}, "it moved to the front before its page came, which is told live"
    assert client.screen.threads[ids[0]]["updated_at"] > page["threads"][0]["updated_at"]


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": "   "},
        {"title": "a\nb"},
        {"title": "a\x00b"},
        {"title": "a\x85b"},
        {"title": "a\u2028b"},
        {"title": "\u200b\u200d"},
        {"title": " \u3164\ufe0f"},
        {"title": "x" * 201},
        {"archived": "maybe"},
        {"retention_days": 0},
        {"retention_days": 10**9},
        {"folder": "none"},
        {"surprise": 1},
        [],
    ],
)
async def test_malformed_changes_are_refused(served: ServedSession, ada: Person, change: object) -> None:
    thread = await talked(served, ada, "Hello")

    answered = await served.ask("PATCH", f"/api/threads/{thread}", ada, change)

    assert (answered.status_code, answered.json()["code"]) == (422, "invalid_request")
    assert (await served.get(f"/api/threads/{thread}", ada)).json()["title"] == "Hello"


async def test_200_characters_are_a_title_in_any_script(served: ServedSession, ada: Person) -> None:
    thread = await created(served, ada)

    assert (await changed(served, ada, thread["id"], title="é😀" * 100))["title"] == "é😀" * 100
    assert (await changed(served, ada, thread["id"], title="👩\u200d👧"))["title"] == "👩\u200d👧"


@pytest.mark.parametrize("method_and_path", ["PATCH {}", "DELETE {}", "POST {}/restore", "GET {}"])
async def test_anothers_thread_and_none_at_all_get_the_same_answer(
    served: ServedSession, ada: Person, bob: Person, method_and_path: str
) -> None:
    thread = await talked(served, ada, "Hello")
    method, path = method_and_path.split()

    answers = [
        await served.ask(method, path.format(f"/api/threads/{each}"), bob, {"title": "Mine"})
        for each in (thread, uuid4())
    ]

    shown = [{**answer.json(), "instance": None, "trace_id": None} for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert shown[0] == shown[1]
    assert (await served.get(f"/api/threads/{thread}", ada)).json()["title"] == "Hello"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "search", {"GET"}),
        ("DELETE", "deleted", {"GET"}),
        ("PATCH", "folders", {"GET", "POST"}),
        ("DELETE", "folders/order", {"PUT"}),
        ("DELETE", "pins/order", {"PUT"}),
    ],
)
async def test_what_is_no_id_has_only_the_methods_that_it_is_meant_to_have(
    served: ServedSession, ada: Person, method: str, path: str, allowed: set[str]
) -> None:
    answered = await served.ask(method, f"/api/threads/{path}", ada, {})

    assert answered.status_code == 405
    assert set(answered.headers["Allow"].split(", ")) <= allowed


async def test_somebody_who_looks_at_an_account_changes_nothing(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Hello")
    visitor = Person(user_id=ada.user_id, impersonator_id=uuid4())

    answers = [
        await served.ask("POST", "/api/threads", visitor, {}),
        await served.ask("PATCH", f"/api/threads/{thread}", visitor, {"title": "Mine"}),
        await served.ask("DELETE", f"/api/threads/{thread}", visitor),
        await served.ask("POST", "/api/threads/folders", visitor, {"name": "Mine"}),
    ]

    assert {answer.status_code for answer in answers} == {403}


async def test_no_more_than_a_hundred_are_pinned_even_at_once(database_url: str, ada: Person) -> None:
    async with served_session(session_environ(database_url, SESSION_COMMANDS_PER_MINUTE="10000")) as served:
        ids = [(await created(served, ada))["id"] for _ in range(102)]
        for thread in ids[:99]:
            await changed(served, ada, thread, pinned=True)

        answers = await asyncio.gather(
            *(served.ask("PATCH", f"/api/threads/{each}", ada, {"pinned": True}) for each in ids[99:])
        )

        assert sorted(answer.status_code for answer in answers) == [200, 409, 409]


async def test_who_asks_for_too_much_waits(database_url: str, ada: Person) -> None:
    async with served_session(session_environ(database_url, SESSION_COMMANDS_PER_MINUTE="3")) as served:
        answers = [await served.ask("POST", "/api/threads", ada, {}) for _ in range(5)]

        assert [answer.status_code for answer in answers][-1] == 429

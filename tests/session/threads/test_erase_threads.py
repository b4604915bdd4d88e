"""Temporary threads go after a day, and what is older than it may be kept goes after its time."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from emergence.contracts.chat import ReplyEnded, ReplyText
from emergence.contracts.session.commands import SendMessage
from emergence.session.answer_once import digest_of
from emergence.session.threads.erase_threads import erase_due_threads
from tests.session.live_client import live_client
from tests.session.neighbours import Person, started
from tests.session.served_session import ServedSession, served_session, session_environ
from tests.session.threads.talking import age, changed, created, listed, rows_of, talked

DAY = timedelta(days=1)


async def test_a_temporary_thread_is_marked_and_neither_listed_nor_found(served: ServedSession, ada: Person) -> None:
    sent = await talked(served, ada, "A secret estuary", temporary=True)
    made = (await created(served, ada, temporary=True, title="Estuary"))["id"]

    for thread in (sent, made):
        assert (await served.get(f"/api/threads/{thread}", ada)).json()["temporary"] is True
    assert await listed(served, ada) == []
    assert (await served.get("/api/threads/search?q=estuary", ada)).json() == {"hits": [], "next": None}
    for change in ({"pinned": True}, {"archived": True}):
        refused = await served.ask("PATCH", f"/api/threads/{sent}", ada, change)
        assert (refused.status_code, refused.json()["code"]) == (409, "thread_is_temporary")
    assert (await changed(served, ada, sent, title="Renamed"))["title"] == "Renamed"


async def test_a_message_in_a_lasting_thread_does_not_make_it_temporary(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Hello")
    async with live_client(served.url, ada) as client:
        await client.send("And then?", thread=thread, temporary=True)

    assert (await served.get(f"/api/threads/{thread}", ada)).json()["temporary"] is False


async def test_a_temporary_thread_is_erased_a_day_after_its_last_message(served: ServedSession, ada: Person) -> None:
    young, old = [await talked(served, ada, "Hello", temporary=True) for _ in range(2)]
    await age(served, young, "updated_at", DAY - timedelta(hours=1))
    await age(served, old, "updated_at", DAY + timedelta(hours=1))
    async with live_client(served.url, ada) as client:
        await erase_due_threads(served.parts)
        told = await client.until("thread.deleted")

    assert told["data"] == {"thread": old, "restorable_until": None}
    assert set((await rows_of(served, old)).values()) == {0}
    assert (await served.get(f"/api/threads/{young}", ada)).status_code == 200


async def test_a_temporary_thread_that_is_deleted_is_gone(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Hello", temporary=True)
    async with live_client(served.url, ada) as client:
        answered = await served.ask("DELETE", f"/api/threads/{thread}", ada)
        told = await client.until("thread.deleted")

    assert answered.json() == {"thread": thread, "restorable_until": None} == told["data"]
    assert set((await rows_of(served, thread)).values()) == {0}
    for method, path in (("POST", f"/api/threads/{thread}/restore"), ("DELETE", f"/api/threads/{thread}")):
        assert (await served.ask(method, path, ada)).status_code == 404


async def test_nothing_is_too_old_unless_the_deployment_or_its_person_says_so(
    served: ServedSession, ada: Person
) -> None:
    kept, limited = await talked(served, ada, "Kept"), await talked(served, ada, "Limited")
    await changed(served, ada, limited, retention_days=10)
    for thread in (kept, limited):
        await age(served, thread, "updated_at", timedelta(days=11))

    await erase_due_threads(served.parts)

    assert await listed(served, ada) == [kept]
    assert set((await rows_of(served, limited)).values()) == {0}


async def test_the_deployments_limit_is_shortened_by_a_thread_and_never_lengthened(
    database_url: str, ada: Person
) -> None:
    async with served_session(session_environ(database_url, SESSION_RETENTION_DAYS="30")) as served:
        ids = [await talked(served, ada, f"Thread {number}") for number in range(3)]
        for thread, days in zip(ids, (31, 29, 29), strict=True):
            await age(served, thread, "updated_at", timedelta(days=days))
        refused = await served.ask("PATCH", f"/api/threads/{ids[0]}", ada, {"retention_days": 31})
        await changed(served, ada, ids[2], retention_days=5)

        await erase_due_threads(served.parts)

        assert (refused.status_code, refused.json()["code"], refused.json()["limit_days"]) == (
            409,
            "retention_too_long",
            30,
        )
        assert await listed(served, ada) == [ids[1]]


async def test_what_still_runs_in_a_thread_that_is_too_old_does_not_keep_it(served: ServedSession, ada: Person) -> None:
    served.chat.will_say([started(), ReplyText(text="once "), 30.0, ReplyEnded()])
    async with live_client(served.url, ada) as client:
        sent = await client.send("Hello")
        await client.until("message.delta")
        await changed(served, ada, sent["thread"], retention_days=1)
        await age(served, sent["thread"], "updated_at", timedelta(days=3))

        await erase_due_threads(served.parts)

        told = await client.until("thread.deleted")
    assert told["data"] == {"thread": sent["thread"], "restorable_until": None}
    assert set((await rows_of(served, sent["thread"])).values()) == {0}
    assert (await served.ask("POST", f"/api/threads/{sent['thread']}/restore", ada)).status_code == 404
    assert (await served.get("/api/threads/deleted", ada)).json()["threads"] == []


async def test_saying_something_keeps_a_thread(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Hello")
    await changed(served, ada, thread, retention_days=1)
    await age(served, thread, "updated_at", timedelta(days=3))
    async with live_client(served.url, ada) as client:
        await client.send("I am back", thread=thread)

    await erase_due_threads(served.parts)

    assert await listed(served, ada) == [thread]


async def test_a_preview_counts_what_would_go_and_says_when(served: ServedSession, ada: Person, bob: Person) -> None:
    old, young = await talked(served, ada, "One", "Two"), await talked(served, ada, "Three")
    hidden = await talked(served, ada, "Hidden", temporary=True)
    others = await talked(served, bob, "Four")
    for thread, days in ((old, 20), (young, 5), (hidden, 20), (others, 20)):
        await age(served, thread, "updated_at", timedelta(days=days))

    week = (await served.get("/api/threads/retention/preview?days=7", ada)).json()
    for_ever = (await served.get("/api/threads/retention/preview", ada)).json()
    await changed(served, ada, young, retention_days=3)
    month = (await served.get("/api/threads/retention/preview?days=30", ada)).json()

    now = datetime.now(UTC)
    assert (week["days"], week["threads"], week["messages"]) == (7, 1, 4)
    assert abs(datetime.fromisoformat(week["next_at"]) - now - timedelta(days=2)) < timedelta(minutes=2)
    assert timedelta(0) < datetime.fromisoformat(week["by"]) - now < timedelta(minutes=2)
    assert (for_ever["days"], for_ever["threads"], for_ever["next_at"]) == (None, 0, None)
    assert (month["threads"], month["messages"]) == (1, 2)
    assert abs(datetime.fromisoformat(month["next_at"]) - now - timedelta(days=10)) < timedelta(minutes=2)


async def test_a_preview_shows_which_threads_would_go_the_oldest_first_and_asks_of_one(
    served: ServedSession, ada: Person, bob: Person
) -> None:
    ids = [await talked(served, ada, f"Thread {number}") for number in range(3)]
    others = await talked(served, bob, "Four")
    for thread, days in ((ids[0], 10), (ids[1], 20), (ids[2], 2), (others, 20)):
        await age(served, thread, "updated_at", timedelta(days=days))

    week = (await served.get("/api/threads/retention/preview?days=7", ada)).json()
    of_old = (await served.get(f"/api/threads/retention/preview?days=7&thread={ids[0]}", ada)).json()
    of_young = (await served.get(f"/api/threads/retention/preview?days=7&thread={ids[2]}", ada)).json()
    unknown = [
        await served.get(f"/api/threads/retention/preview?days=7&thread={each}", ada) for each in (others, uuid4())
    ]

    assert [thread["id"] for thread in week["oldest"]] == [ids[1], ids[0]]
    assert week["oldest"][0] == (await served.get(f"/api/threads/{ids[1]}", ada)).json()
    assert ([thread["id"] for thread in of_old["oldest"]], of_old["threads"], of_old["messages"]) == ([ids[0]], 1, 2)
    assert (of_young["oldest"], of_young["threads"], of_young["messages"]) == ([], 0, 0)
    assert {(answer.status_code, answer.json()["code"]) for answer in unknown} == {(404, "unknown_thread")}


async def test_an_administrator_sees_how_much_a_limit_would_erase_and_nobody_else_does(
    database_url: str, ada: Person, bob: Person
) -> None:
    path = "/api/threads/retention/deployment"
    environ = session_environ(database_url, SESSION_RETENTION_DAYS="30", AUTH_ADMIN_REQUIRE_MFA="0")
    async with served_session(environ) as served:
        for person, days in ((ada, 31), (ada, 20), (bob, 20), (bob, 2)):
            await age(served, await talked(served, person, "Hello"), "updated_at", timedelta(days=days))
        await age(served, await talked(served, ada, "Hello", temporary=True), "updated_at", timedelta(hours=9))
        gone = await talked(served, ada, "Hello")
        await served.ask("DELETE", f"/api/threads/{gone}", ada)
        administrator = Person(role="admin")

        week = (await served.get(f"{path}?days=7", administrator)).json()
        now = (await served.get(path, administrator)).json()
        refused = await served.get(path, ada)

    assert week == {"days": 7, "people": 2, "threads": 3, "messages": 6}
    assert now == {"days": 30, "people": 1, "threads": 1, "messages": 2}
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_an_administrator_with_one_factor_is_asked_for_the_second(database_url: str) -> None:
    async with served_session(session_environ(database_url, AUTH_ADMIN_REQUIRE_MFA="1")) as served:
        refused = await served.get("/api/threads/retention/deployment", Person(role="admin"))

        assert (refused.status_code, refused.json()["code"]) == (401, "insufficient_user_authentication")


@pytest.mark.parametrize("days", ["0", "-1", "soon", "1e9", "99999999999"])
async def test_malformed_previews_are_refused(served: ServedSession, ada: Person, days: str) -> None:
    assert (await served.get(f"/api/threads/retention/preview?days={days}", ada)).status_code == 422


def test_a_command_that_was_carried_out_before_an_upgrade_is_known_after_it() -> None:
    command = SendMessage(cmd="message.send", cid=uuid4(), text="Hello", agent="anima")

    assert digest_of(command).hex() == "deac3fd536a3dc8327e7eadf2fff594830505039367fab2f9240ead35a761b0f"
    assert digest_of(command) != digest_of(command.model_copy(update={"temporary": True}))

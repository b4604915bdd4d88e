"""A deleted thread is nowhere at once, comes back whole, and is gone for good after its time."""

import asyncio
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest

from emergence.contracts.chat import ReplyEnded, ReplyText
from emergence.session.threads.erase_threads import erase_due_threads
from tests.session.event_client import event_client
from tests.session.instances.test_two_instances import pair, slowly
from tests.session.live_client import live_client
from tests.session.neighbours import Person, answer, started
from tests.session.served_session import ServedSession
from tests.session.threads.talking import age, changed, listed, rows_of, talked

WEEK = timedelta(days=7)


async def deletion(served: ServedSession, person: Person, thread: str) -> datetime | None:
    answered = await served.ask("DELETE", f"/api/threads/{thread}", person)
    assert answered.status_code == 200, answered.text
    until = answered.json()["restorable_until"]
    return None if until is None else datetime.fromisoformat(until)


async def test_a_deleted_thread_is_found_nowhere_and_comes_back_whole(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Where is the estuary?", "And the herons?")
    await changed(served, ada, thread, title="Estuary", pinned=True)
    whole = (await served.get(f"/api/threads/{thread}", ada)).json()
    messages = (await served.get(f"/api/threads/{thread}/messages", ada)).json()
    question = messages["messages"][1]["id"]
    async with live_client(served.url, ada) as client:
        until = await deletion(served, ada, thread)
        told = await client.until("thread.deleted")
        refused = [
            await client.ask("message.send", text="Still there?", thread=thread, agent="anima"),
            await client.ask("message.regenerate", message=question),
            await client.ask("subscribe", topic=f"thread:{thread}"),
            await client.ask("subscribe", topic=f"run:{messages['messages'][1]['run']['id']}"),
        ]
        gone = [
            (await served.get(f"/api/threads/{thread}", ada)).status_code,
            (await served.get(f"/api/threads/{thread}/messages", ada)).status_code,
            (await served.ask("PATCH", f"/api/threads/{thread}", ada, {"title": "Mine"})).status_code,
        ]
        found = (await served.get("/api/threads/search?q=estuary", ada)).json()["hits"]
        restored = await served.ask("POST", f"/api/threads/{thread}/restore", ada)
        back = await client.until("thread.updated")

    assert until is not None
    assert abs(until - datetime.now(UTC) - WEEK) < timedelta(minutes=1)
    assert told["data"] == {"thread": thread, "restorable_until": told["data"]["restorable_until"]}
    assert [each["code"] for each in refused] == ["unknown_thread", "unknown_message", "unknown_topic", "unknown_topic"]
    assert (gone, found) == ([404, 404, 404], [])
    assert restored.json() == whole == back["data"]["thread"]
    assert (await served.get(f"/api/threads/{thread}/messages", ada)).json() == messages
    assert len((await served.get("/api/threads/search?q=estuary", ada)).json()["hits"]) == 2
    assert await listed(served, ada) == [thread]


async def test_a_socket_that_comes_back_hears_of_it_and_nothing_of_the_thread(
    served: ServedSession, ada: Person
) -> None:
    thread = await talked(served, ada, "Hello")
    async with live_client(served.url, ada) as client:
        await client.ask("subscribe", topic=f"user:{ada.user_id}")
        screen = client.screen
    await deletion(served, ada, thread)

    async with live_client(served.url, ada, screen=screen) as again:
        told = await again.until("thread.deleted")
        await again.command("subscribe", topic=f"thread:{thread}")
        refused = await again.until("error")

    assert (told["data"]["thread"], refused["data"]["code"]) == (thread, "unknown_topic")


async def test_a_stream_of_events_hears_of_it_and_goes_on_without_the_thread(
    served: ServedSession, ada: Person
) -> None:
    kept, thread = await talked(served, ada, "Kept"), await talked(served, ada, "Hello")
    async with event_client(served, ada) as client:
        before = client.last_id
        await deletion(served, ada, thread)
        told = await client.until("thread.deleted")
    async with event_client(served, ada) as new:
        await changed(served, ada, kept, title="Renamed")
        await new.until("thread.updated")
    async with event_client(served, ada, last_id=f"user:{ada.user_id}=0") as again:
        await changed(served, ada, kept, title="Renamed again")
        await again.until("thread.updated", thread=(await served.get(f"/api/threads/{kept}", ada)).json())

    assert told["data"]["thread"] == thread
    assert f"thread:{thread}" in before
    for client in (new, again):
        assert f"thread:{thread}" not in client.last_id
        assert f"thread:{kept}" in client.last_id
        assert "error" not in client.kinds()


async def test_deleting_twice_is_deleting_once_and_restoring_twice_is_refused(
    served: ServedSession, ada: Person
) -> None:
    thread = await talked(served, ada, "Hello")

    answers = await asyncio.gather(*(deletion(served, ada, thread) for _ in range(3)))
    restored = [await served.ask("POST", f"/api/threads/{thread}/restore", ada) for _ in range(2)]

    assert len(set(answers)) == 1
    assert [answer.status_code for answer in restored] == [200, 409]
    assert restored[1].json()["code"] == "thread_not_deleted"


async def test_what_can_be_brought_back_is_listed_page_by_page_until_it_is_too_late(
    served: ServedSession, ada: Person, bob: Person
) -> None:
    late, *ids = [await talked(served, ada, f"Hello {number}") for number in range(6)]
    fleeting = await talked(served, ada, "Fleeting", temporary=True)
    for thread in (late, fleeting, *ids):
        await deletion(served, ada, thread)
    await age(served, late, "deleted_at", WEEK)
    await served.ask("POST", f"/api/threads/{ids[2]}/restore", ada)

    seen, before = [], ""
    while True:
        page = (await served.get(f"/api/threads/deleted?limit=2{before}", ada)).json()
        seen += page["threads"]
        if page["next"] is None:
            break
        before = f"&before={quote(page['next'])}"
        await deletion(served, ada, await talked(served, ada, "Deleted meanwhile"))

    assert [each["thread"]["id"] for each in seen] == [ids[4], ids[3], ids[1], ids[0]]
    assert seen[0]["thread"]["title"] == "Hello 5"
    assert {
        datetime.fromisoformat(each["restorable_until"]) - datetime.fromisoformat(each["deleted_at"]) for each in seen
    } == {WEEK}
    assert (await served.get("/api/threads/deleted", bob)).json() == {"threads": [], "next": None}


@pytest.mark.parametrize("query", ["before=x", "before=2026-01-01~x", "before=a~b~c", "before=", "limit=0"])
async def test_malformed_pages_of_what_was_deleted_are_refused(served: ServedSession, ada: Person, query: str) -> None:
    assert (await served.get(f"/api/threads/deleted?{query}", ada)).status_code == 422


async def test_others_learn_nothing_of_a_deleted_thread(served: ServedSession, ada: Person, bob: Person) -> None:
    thread = await talked(served, ada, "Hello")
    await deletion(served, ada, thread)

    for each in (thread, str(uuid4())):
        restored = await served.ask("POST", f"/api/threads/{each}/restore", bob)
        deleted = await served.ask("DELETE", f"/api/threads/{each}", bob)
        assert {(answer.status_code, answer.json()["code"]) for answer in (restored, deleted)} == {
            (404, "unknown_thread")
        }


async def test_what_runs_in_it_is_stopped_with_its_text_kept(served: ServedSession, ada: Person) -> None:
    served.chat.will_say([started(), ReplyText(text="once "), 30.0, ReplyEnded()], answer("never"), answer("free"))
    async with live_client(served.url, ada) as client:
        sent = await client.send("Hello")
        await client.until("message.delta")
        waiting = await client.send("And then?", thread=sent["thread"])
        await deletion(served, ada, sent["thread"])
        ended = [await client.until("run.ended") for _ in range(2)]
        async with asyncio.timeout(3):
            while not served.chat.cancelled:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    await served.ask("POST", f"/api/threads/{sent['thread']}/restore", ada)

    assert {frame["data"]["run"]: frame["data"]["reason"] for frame in ended} == {
        sent["run"]: "stopped",
        waiting["run"]: "stopped",
    }
    assert await served.stored_text(ada, sent["thread"], sent["reply"]) == "once "
    assert await served.stored_text(ada, sent["thread"], waiting["reply"]) == ""
    assert len(served.chat.requests) == 1
    assert (await served.get(f"/api/threads/{sent['thread']}", ada)).json()["running"] is False


async def test_what_runs_on_another_instance_is_stopped_too(database_url: str, ada: Person) -> None:
    async with pair(database_url) as served:
        served.chat.will_say(slowly(["once ", "more "], 30.0))
        async with live_client(served.one.url, ada) as here:
            sent = await here.send("Hello")
            await here.until("message.delta")
            async with asyncio.timeout(3):
                await deletion(served.two, ada, sent["thread"])
                await here.until("thread.deleted")
                await here.until("run.ended", run=sent["run"], reason="stopped")
                while not served.chat.cancelled:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        await served.one.ask("POST", f"/api/threads/{sent['thread']}/restore", ada)

        assert await served.two.stored_text(ada, sent["thread"], sent["reply"]) == "once "


async def test_saying_something_while_it_is_deleted_leaves_nothing_running(served: ServedSession, ada: Person) -> None:
    for _ in range(8):
        thread = await talked(served, ada, "Hello")
        served.chat.will_say([started(), ReplyText(text="once "), 0.3, ReplyEnded()])
        async with live_client(served.url, ada) as client:
            said, _ = await asyncio.gather(client.send("And then?", thread=thread), deletion(served, ada, thread))
        row = await served.parts.database.fetchrow(
            "SELECT count(*) AS running FROM runs WHERE thread_id = $1 AND state <> 'ended'", thread
        )
        assert row is not None
        assert row["running"] == 0
        assert said["type"] == "ack" or said["code"] == "unknown_thread"
        served.chat.scripts.clear()


async def test_after_a_week_it_is_erased_for_good_and_not_before(served: ServedSession, ada: Person) -> None:
    early, late, other = [await talked(served, ada, f"Hello {name}") for name in ("early", "late", "other")]
    for thread, ago in ((early, WEEK - timedelta(hours=1)), (late, WEEK + timedelta(hours=1))):
        await deletion(served, ada, thread)
        await age(served, thread, "deleted_at", ago)
    too_late = [
        (await served.ask(method, path.format(late), ada)).status_code
        for method, path in (("POST", "/api/threads/{}/restore"), ("DELETE", "/api/threads/{}"))
    ]

    await asyncio.gather(*(erase_due_threads(served.parts) for _ in range(3)))

    assert too_late == [404, 404]
    assert set((await rows_of(served, late)).values()) == {0}
    assert (await served.ask("POST", f"/api/threads/{early}/restore", ada)).status_code == 200
    assert set(await listed(served, ada)) == {early, other}
    said = await served.parts.database.fetch("SELECT frame FROM frames WHERE frame LIKE '%Hello late%'")
    assert said == [], "not even its name is left"


async def test_erasing_leaves_no_gap_in_what_a_socket_reads_again(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Secret words")
    await deletion(served, ada, thread)
    await age(served, thread, "deleted_at", WEEK)
    await erase_due_threads(served.parts)

    async with live_client(served.url, ada) as client:
        await client.ask("subscribe", topic=f"user:{ada.user_id}")

    frames = [frame for frame in client.heard if frame.get("topic") == f"user:{ada.user_id}" and "seq" in frame]
    assert [frame["seq"] for frame in frames] == sorted({frame["seq"] for frame in frames})
    assert frames[0]["seq"] == 1
    assert {frame["type"] for frame in frames} == {"thread.deleted"}
    assert "Secret" not in str(client.heard)


async def test_a_deleter_that_died_before_stopping_is_followed_up(served: ServedSession, ada: Person) -> None:
    served.chat.will_say([started(), ReplyText(text="once "), 30.0, ReplyEnded()])
    async with live_client(served.url, ada) as client:
        sent = await client.send("Hello")
        await client.until("message.delta")
        await served.parts.database.execute("UPDATE threads SET deleted_at = now() WHERE id = $1", sent["thread"])

        await erase_due_threads(served.parts)

        await client.until("run.ended", run=sent["run"], reason="stopped")

"""Who has deleted a thread need not wait until it is erased; and anybody can see for how long things are kept."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ
from tests.session.threads.talking import age, rows_of, talked

WEEK = timedelta(days=7)


async def erasure(served: ServedSession, person: Person, thread: str) -> tuple[int, str]:
    answered = await served.ask("DELETE", f"/api/threads/deleted/{thread}", person)
    return answered.status_code, "" if answered.status_code == 204 else answered.json()["code"]


async def test_a_deleted_thread_is_erased_at_once_and_every_tab_hears_that_it_is_gone(
    served: ServedSession, ada: Person
) -> None:
    thread, other = await talked(served, ada, "Where is the estuary?"), await talked(served, ada, "Kept")
    for each in (thread, other):
        await served.ask("DELETE", f"/api/threads/{each}", ada)
    async with live_client(served.url, ada) as client:
        erased = await erasure(served, ada, thread)
        told = await client.until("thread.deleted")

    assert erased == (204, "")
    assert told["data"] == {"thread": thread, "restorable_until": None}
    assert set((await rows_of(served, thread)).values()) == {0}
    assert (await served.ask("POST", f"/api/threads/{thread}/restore", ada)).status_code == 404
    assert await erasure(served, ada, thread) == (404, "unknown_thread")
    left = (await served.get("/api/threads/deleted", ada)).json()["threads"]
    assert [each["thread"]["id"] for each in left] == [other]


async def test_what_is_not_deleted_is_not_erased_and_others_cannot_erase(
    served: ServedSession, ada: Person, bob: Person
) -> None:
    thread = await talked(served, ada, "Hello")
    assert await erasure(served, ada, thread) == (409, "thread_not_deleted")
    await served.ask("DELETE", f"/api/threads/{thread}", ada)

    assert [await erasure(served, bob, each) for each in (thread, str(uuid4()))] == [(404, "unknown_thread")] * 2
    assert (await served.ask("POST", f"/api/threads/{thread}/restore", ada)).status_code == 200


async def test_what_is_too_late_to_bring_back_is_too_late_to_erase(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Hello")
    await served.ask("DELETE", f"/api/threads/{thread}", ada)
    await age(served, thread, "deleted_at", WEEK)

    assert await erasure(served, ada, thread) == (404, "unknown_thread")


async def test_of_those_who_erase_and_bring_back_together_one_wins(served: ServedSession, ada: Person) -> None:
    for _ in range(5):
        thread = await talked(served, ada, "Hello")
        await served.ask("DELETE", f"/api/threads/{thread}", ada)

        erased, restored = await asyncio.gather(
            erasure(served, ada, thread), served.ask("POST", f"/api/threads/{thread}/restore", ada)
        )

        is_there = (await served.get(f"/api/threads/{thread}", ada)).status_code == 200
        assert (erased[0], restored.status_code, is_there) in {(204, 404, False), (409, 200, True)}


async def test_people_are_told_for_how_long_things_are_kept(database_url: str, ada: Person) -> None:
    environ = session_environ(
        database_url,
        SESSION_RETENTION_DAYS="90",
        SESSION_DELETED_THREADS_KEPT_DAYS="3.5",
        SESSION_TEMPORARY_THREADS_KEPT_HOURS="2",
    )
    async with served_session(environ) as limited:
        told = (await limited.get("/api/threads/retention", ada)).json()

    assert told == {"days": 90, "deleted_days": 3.5, "temporary_hours": 2.0}


async def test_a_server_without_a_limit_keeps_conversations_for_ever(served: ServedSession, ada: Person) -> None:
    assert (await served.get("/api/threads/retention", ada)).json()["days"] is None

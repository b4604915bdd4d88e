"""Threads are managed wherever their person is connected: every instance says and does the same."""

import asyncio
from datetime import timedelta

from emergence.session.threads.erase_threads import erase_due_threads
from tests.session.instances.test_two_instances import pair
from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.threads.talking import age, changed, created, rows_of, talked

FOLDERS = "/api/threads/folders"


async def test_what_is_done_on_one_instance_is_told_on_the_other(
    database_url: str, ada: Person, bob: Person, bus_environ: dict[str, str]
) -> None:
    async with pair(database_url, **bus_environ) as served:
        thread = await talked(served.one, ada, "Hello")
        async with live_client(served.one.url, ada) as here, live_client(served.one.url, bob) as other:
            async with asyncio.timeout(5):
                folder = (await served.two.ask("POST", FOLDERS, ada, {"name": "Work"})).json()
                folders = await here.until("folders.updated")
                filed = await changed(served.two, ada, thread, title="Filed", folder=folder["id"], pinned=True)
                told = await here.until("thread.updated")
                await served.two.ask("DELETE", f"/api/threads/{thread}", ada)
                deleted = await here.until("thread.deleted")
                restored = await served.two.ask("POST", f"/api/threads/{thread}/restore", ada)
                back = await here.until("thread.updated")
            await other.ask("subscribe", topic=f"user:{bob.user_id}")

        assert folders["data"]["folders"] == [folder]
        assert told["data"]["thread"] == filed == restored.json() == back["data"]["thread"]
        assert deleted["data"]["thread"] == thread
        assert "Filed" not in str(other.heard)
        assert (await served.one.get("/api/threads/search?q=filed", ada)).json()["hits"][0]["thread"] == filed


async def test_changes_on_both_at_once_are_told_in_one_order_everywhere(database_url: str, ada: Person) -> None:
    async with pair(database_url) as served:
        ids = [(await created(served.one, ada))["id"] for _ in range(4)]
        async with live_client(served.one.url, ada) as here, live_client(served.two.url, ada) as there:
            await asyncio.gather(
                *(
                    changed(each, ada, thread, title=f"{name} {thread}", pinned=True)
                    for name, each in (("one", served.one), ("two", served.two))
                    for thread in ids
                )
            )
            for client in (here, there):
                for _ in range(2 * len(ids)):
                    await client.until("thread.updated")

        topic = f"user:{ada.user_id}"
        heard = [
            [(frame["seq"], frame["data"]) for frame in client.heard if frame.get("topic") == topic]
            for client in (here, there)
        ]
        stored = (await served.one.get("/api/threads", ada)).json()["threads"]
        assert heard[0] == heard[1]
        assert [seq for seq, _ in heard[0]] == sorted({seq for seq, _ in heard[0]})
        assert {thread["id"]: here.screen.threads[thread["id"]] for thread in stored} == {
            thread["id"]: thread for thread in stored
        }
        assert len({thread["pin_order"] for thread in stored}) == len(ids)


async def test_both_sweep_at_once_and_each_thread_goes_once(database_url: str, ada: Person) -> None:
    async with pair(database_url) as served:
        ids = [await talked(served.one, ada, f"Hello {number}", temporary=True) for number in range(6)]
        for thread in ids:
            await age(served.one, thread, "updated_at", timedelta(days=2))
        async with live_client(served.two.url, ada) as client:
            await asyncio.gather(*(erase_due_threads(each.parts) for each in served.both for _ in range(2)))
            told = [(await client.until("thread.deleted"))["data"]["thread"] for _ in ids]
            await created(served.one, ada)  # whatever else was said is heard before this
            await client.until("thread.updated")

        assert sorted(told) == sorted(ids)
        assert sum(frame["type"] == "thread.deleted" for frame in client.heard) == len(ids)
        for thread in ids:
            assert set((await rows_of(served.one, thread)).values()) == {0}

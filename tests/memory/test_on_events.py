"""Turns follow what happens to threads, whatever the order in which it is heard, and whatever is heard twice."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from emergence.contracts.session.events import (
    MessageChanged,
    MessageStored,
    OfThread,
    ThreadDeleted,
    ThreadErased,
    ThreadImported,
    ThreadRestored,
)
from emergence.memory.app import _handlers
from emergence.memory.read_threads import read_due
from emergence.session.threads.erase_threads import erase_due_threads
from tests.memory.served_memory import ServedMemory, ids, memory_environ, served_memory
from tests.session.imports.bringing import brought, threads_of
from tests.session.imports.chatgpt_export import export, simple
from tests.session.live_client import live_client
from tests.session.neighbours import Person, answer
from tests.session.served_session import served_session
from tests.session.shares.test_share_thread import shared
from tests.session.threads.talking import age, shown, talked

WEEK = timedelta(days=7)


async def tell(served: ServedMemory, *events: OfThread) -> None:
    """Handle events as the subscriber does, each in its own transaction, and read what they ask for."""
    handlers: dict[Any, Any] = dict(_handlers(served.parts))
    for event in events:
        async with served.parts.database.transaction() as tx:
            await handlers[type(event)](tx, event)
    while await read_due(served.parts):
        pass


async def test_what_is_said_and_answered_is_kept_at_once(served: ServedMemory, ada: Person) -> None:
    thread = await talked(served.session, ada, "My sister is called Odile.", answers=["A lovely name."])

    await served.remembers(ada, "My sister is called Odile.", "A lovely name.")

    async with served.parts.rows.of(ada.user_id) as tx:
        rows = await tx.fetch("SELECT * FROM turns ORDER BY position")
    assert [(row["role"], row["speaker"], row["position"]) for row in rows] == [("user", "", 0), ("agent", "anima", 1)]
    assert {str(row["thread_id"]) for row in rows} == {thread}
    assert [row["message_id"] for row in rows] == ids(await shown(served.session, ada, thread))


async def test_what_was_said_before_an_edit_and_in_another_branch_is_still_said(
    served: ServedMemory, ada: Person
) -> None:
    thread = await talked(served.session, ada, "I live in Nantes.", answers=["Noted."])
    question = (await shown(served.session, ada, thread))[0]["id"]
    async with live_client(served.session.url, ada) as client:
        served.session.chat.will_say(answer("Moved?"), answer("Really?"))
        ack = await client.ask("message.edit", message=question, text="I live in Brest.")
        await client.until("run.ended", run=ack["run"])
        again = await client.ask("message.regenerate", message=ack["reply"])
        await client.until("run.ended", run=again["run"])
        await client.ask("branch.select", message=question)

    await served.remembers(ada, "I live in Nantes.", "Noted.", "I live in Brest.", "Moved?", "Really?")


async def test_a_temporary_thread_leaves_no_trace(served: ServedMemory, ada: Person) -> None:
    temporary = await talked(served.session, ada, "A secret.", temporary=True)
    await talked(served.session, ada, "No secret.", answers=["Good."])

    await served.remembers(ada, "No secret.", "Good.")
    assert (await served.session.ask("DELETE", f"/api/threads/{temporary}", ada)).status_code == 200
    await served.settled()

    told = await served.parts.database.fetch("SELECT payload FROM bus.events")
    assert [row for row in told if temporary in row["payload"]] == []
    assert "A secret." not in str(told)
    assert "No secret." not in str(told), "events name things and quote nothing"


async def test_a_deleted_thread_is_forgotten_at_once_and_comes_back_when_it_is_restored(
    served: ServedMemory, ada: Person
) -> None:
    thread = await talked(served.session, ada, "The key is under the pot.", answers=["I see."])
    await served.remembers(ada, "The key is under the pot.", "I see.")

    assert (await served.session.ask("DELETE", f"/api/threads/{thread}", ada)).status_code == 200
    await served.remembers(ada)
    assert (await served.session.ask("POST", f"/api/threads/{thread}/restore", ada)).status_code == 200
    await served.remembers(ada, "The key is under the pot.", "I see.")


async def test_an_erased_thread_does_not_come_back_by_whatever_is_late(served: ServedMemory, ada: Person) -> None:
    thread = await talked(served.session, ada, "Forget me.", answers=["Done."])
    messages = ids(await shown(served.session, ada, thread))
    await served.remembers(ada, "Forget me.", "Done.")
    await served.session.ask("DELETE", f"/api/threads/{thread}", ada)
    await age(served.session, thread, "deleted_at", WEEK)

    await erase_due_threads(served.session.parts)
    await served.settled()
    of = {"user_id": ada.user_id, "thread_id": UUID(thread)}
    await tell(
        served, MessageStored(message_id=messages[0], **of), ThreadRestored(**of), ThreadImported(**of),
        ThreadDeleted(**of), ThreadErased(**of), MessageStored(message_id=messages[1], **of),
    )  # fmt: skip

    assert await served.bodies(ada) == []
    async with served.parts.rows.of(ada.user_id) as tx:
        assert [row["id"] for row in await tx.fetch("SELECT id FROM tombstones")] == [UUID(thread)]


async def test_what_was_changed_while_it_waited_is_kept_as_it_is_now_and_what_was_withdrawn_is_gone(
    served: ServedMemory, ada: Person
) -> None:
    thread = await talked(served.session, ada, "I live in Nantes.", "I like figs.", answers=["Ah.", "Oh."])
    nantes, _, figs, _ = ids(await shown(served.session, ada, thread))
    await served.remembers(ada, "I live in Nantes.", "Ah.", "I like figs.", "Oh.")
    of = {"user_id": ada.user_id, "thread_id": UUID(thread)}
    write = "UPDATE messages SET parts = $2::jsonb WHERE id = $1"
    text = '[{"kind": "text", "text": "I live in Brest."}]'
    await served.session.parts.database.execute(write, nantes, text)
    await served.session.parts.database.execute(write, figs, "[]")

    for _ in range(2):
        await tell(served, MessageChanged(message_id=nantes, **of), MessageChanged(message_id=figs, **of))
    await tell(served, MessageStored(message_id=figs, **of))

    await served.remembers(ada, "I live in Brest.", "Ah.", "Oh.")


async def test_what_was_read_before_its_thread_was_erased_is_not_written_afterwards(
    served: ServedMemory, ada: Person
) -> None:
    thread = await talked(served.session, ada, "Too late.", answers=["Yes."])
    await served.remembers(ada, "Too late.", "Yes.")
    of = {"user_id": ada.user_id, "thread_id": UUID(thread)}
    read = served.parts.said.read

    async def read_and_erased(asked: Any) -> Any:
        found = await read(asked)
        async with served.parts.database.transaction() as tx:
            await _handlers(served.parts)[ThreadErased](tx, ThreadErased(**of))  # type: ignore[arg-type]
        return found

    served.parts.said.read = read_and_erased  # type: ignore[method-assign] # between the read and the write
    await tell(served, ThreadRestored(**of))

    assert await served.bodies(ada) == []


@pytest.mark.parametrize("seed", range(6))
async def test_events_twice_and_in_any_order_end_in_the_same_rows(seed: int, database_url: str, ada: Person) -> None:
    chance = random.Random(seed)
    async with served_session(memory_environ(database_url)) as session:
        kept = await talked(session, ada, "One", "Two", answers=["1", "2"])
        deleted = await talked(session, ada, "Three", answers=["3"])
        restored = await talked(session, ada, "Four", answers=["4"])
        for thread in (deleted, restored):
            assert (await session.ask("DELETE", f"/api/threads/{thread}", ada)).status_code == 200
        assert (await session.ask("POST", f"/api/threads/{restored}/restore", ada)).status_code == 200
        messages = {thread: ids(await shown(session, ada, thread)) for thread in (kept, restored)}
        async with served_memory(memory_environ(database_url), session) as served:
            events: list[OfThread] = [
                MessageStored(user_id=ada.user_id, thread_id=UUID(thread), message_id=message)
                for thread, found in messages.items()
                for message in found
            ]
            for thread in (deleted, restored):
                of = {"user_id": ada.user_id, "thread_id": UUID(thread)}
                events += [MessageStored(message_id=uuid4(), **of), ThreadDeleted(**of), ThreadRestored(**of)]
            events *= 2
            chance.shuffle(events)
            await tell(served, *events)

            assert sorted(await served.bodies(ada)) == ["1", "2", "4", "Four", "One", "Two"]


async def test_imported_threads_are_kept(served: ServedMemory, ada: Person) -> None:
    assert (await brought(served.session, ada, export(simple("Terns", "Where do terns nest?", "Here."))))[
        "imported"
    ] == 1

    await served.remembers(ada, "Where do terns nest?", "Here.")


async def test_a_copy_of_what_others_said_is_not_taken_for_ones_own_words(
    served: ServedMemory, ada: Person, bob: Person
) -> None:
    thread = await talked(served.session, ada, "I am allergic to nuts.", answers=["Careful."])
    link = await shared(served.session, ada, thread)
    copied = await served.session.ask("POST", "/api/shared/copy", bob, {"token": link["token"]})
    assert copied.status_code == 201, copied.text
    async with live_client(served.session.url, bob) as client:
        served.session.chat.will_say(answer("Pesto."))
        ack = await client.send("What may I eat?", thread=copied.json()["id"])
        await client.until("run.ended", run=ack["run"])

    await served.remembers(bob, "What may I eat?", "Pesto.")
    await tell(served, ThreadRestored(user_id=bob.user_id, thread_id=UUID(copied.json()["id"])))
    assert sorted(await served.bodies(bob)) == ["Pesto.", "What may I eat?"]
    assert len(await threads_of(served.session, bob)) == 1

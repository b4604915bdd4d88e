"""While somebody has memory switched off nothing new is kept, and what was there stays as it was."""

from uuid import UUID

from emergence.contracts.session.events import MessageChanged, MessageStored, ThreadRestored
from tests.memory.items_at import call, texts
from tests.memory.served_memory import ServedMemory, ids
from tests.memory.test_on_events import tell
from tests.session.imports.bringing import brought
from tests.session.imports.chatgpt_export import export, simple
from tests.session.live_client import live_client
from tests.session.neighbours import Person, answer
from tests.session.threads.talking import shown, talked

CHOICES = "/api/memory/choices"
OFF, ON = ({"remembers": remembers, "hints": True} for remembers in (False, True))


async def test_what_is_said_while_memory_is_off_is_never_remembered(served: ServedMemory, ada: Person) -> None:
    off, on = {"remembers": False, "hints": True}, {"remembers": True, "hints": False}
    await talked(served.session, ada, "Before.", answers=["One."])
    await served.settled()
    state = await call(served, ada, "PUT", "/api/memory/choices", off)
    assert (state["choices"], state["turns"]) == (off, 2)
    thread = await talked(served.session, ada, "My sister is called Odalys.", answers=["Two."])
    await served.settled()
    assert (await call(served, ada, "PUT", "/api/memory/choices", on))["choices"] == on
    await tell(served, ThreadRestored(user_id=ada.user_id, thread_id=thread))  # type: ignore[arg-type]

    assert sorted(await served.bodies(ada)) == ["Before.", "One."]
    assert await texts(served, ada) == []


async def test_what_was_said_before_is_there_again_when_its_thread_is_restored_meanwhile(
    served: ServedMemory, ada: Person
) -> None:
    thread = await talked(served.session, ada, "My sister is called Odalys.", answers=["One."])
    await served.settled()
    (item,) = await texts(served, ada)
    await call(served, ada, "PUT", CHOICES, OFF)
    async with live_client(served.session.url, ada) as client:
        served.session.chat.will_say(answer("Two."))
        ack = await client.send("My brother is called Otis.", thread=thread)
        await client.until("run.ended", run=ack["run"])

    for choices in (OFF, ON):
        await call(served, ada, "PUT", CHOICES, choices)
        assert (await served.session.ask("DELETE", f"/api/threads/{thread}", ada)).status_code == 200
        await served.remembers(ada)
        assert (await served.session.ask("POST", f"/api/threads/{thread}/restore", ada)).status_code == 200
        await served.remembers(ada, "My sister is called Odalys.", "One.")
        await served.settled()
        assert await texts(served, ada) == [item]


async def test_what_is_brought_from_a_file_meanwhile_is_not_kept_however_old_it_says_it_is(
    served: ServedMemory, ada: Person
) -> None:
    await call(served, ada, "PUT", CHOICES, OFF)
    assert (await brought(served.session, ada, export(simple("Terns", "Where do terns nest?", "Here."))))["imported"]
    await served.settled()
    await call(served, ada, "PUT", CHOICES, ON)
    thread = (await served.session.get("/api/threads", ada)).json()["threads"][0]["id"]

    await tell(served, ThreadRestored(user_id=ada.user_id, thread_id=thread))

    assert await served.bodies(ada) == []


async def test_what_a_waiting_message_is_changed_to_meanwhile_is_not_kept(served: ServedMemory, ada: Person) -> None:
    thread = await talked(served.session, ada, "Before.", answers=["One."])
    await served.remembers(ada, "Before.", "One.")
    question = ids(await shown(served.session, ada, thread))[0]
    of = {"user_id": ada.user_id, "thread_id": UUID(thread)}
    await call(served, ada, "PUT", CHOICES, OFF)
    await served.session.parts.database.execute(
        "UPDATE messages SET parts = $2::jsonb WHERE id = $1", question, '[{"kind": "text", "text": "Changed."}]'
    )

    await tell(served, MessageChanged(message_id=question, **of))
    await call(served, ada, "PUT", CHOICES, ON)
    await tell(served, MessageStored(message_id=question, **of))

    assert await served.bodies(ada) == ["One."]

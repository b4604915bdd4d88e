"""What is forgotten is found no more and never comes back, though its message stays in its thread."""

from uuid import uuid4

from emergence.contracts.session.events import ThreadRestored
from emergence.memory.fill_in import fill_in
from tests.memory.served_memory import ServedMemory, ids
from tests.memory.test_on_events import tell
from tests.session.neighbours import Person
from tests.session.threads.talking import shown, talked


async def test_a_forgotten_turn_is_gone_and_stays_gone(served: ServedMemory, ada: Person) -> None:
    thread = await talked(served.session, ada, "My PIN is 1234.", answers=["Do not tell me."])
    await served.remembers(ada, "My PIN is 1234.", "Do not tell me.")
    question = ids(await shown(served.session, ada, thread))[0]

    answered = await served.ask("DELETE", f"/api/memory/turns/{question}", ada)

    assert answered.status_code == 204
    assert await served.bodies(ada) == ["Do not tell me."]
    await fill_in(served.parts)
    await tell(served, ThreadRestored(user_id=ada.user_id, thread_id=thread))  # type: ignore[arg-type]
    assert await served.bodies(ada) == ["Do not tell me."]
    again = await served.ask("DELETE", f"/api/memory/turns/{question}", ada)
    assert (again.status_code, again.json()["code"]) == (404, "unknown_turn")
    rows = await served.exported(ada)
    assert [text for table, text in rows if table == "turns" and "1234" in text] == []
    assert len(await shown(served.session, ada, thread)) == 2


async def test_a_malformed_question_is_refused(served: ServedMemory, ada: Person) -> None:
    many = "&".join(f"id={uuid4()}" for _ in range(51))
    refused = [
        await served.ask("GET", f"/api/memory/turns{query}", ada) for query in ("?after=figs", "?id=figs", f"?{many}")
    ]
    refused.append(await served.ask("DELETE", "/api/memory/turns/figs", ada))

    assert [answer.status_code for answer in refused] == [422] * 4

"""Asking for another answer."""

import asyncio
from uuid import uuid4

from tests.session.live_client import live_client
from tests.session.neighbours import Person, answer
from tests.session.served_session import ServedSession
from tests.session.threads.talking import text_of


async def test_another_answer_supersedes_the_first_and_agents_do_not_see_the_old_one(
    served: ServedSession, ada: Person
) -> None:
    served.chat.will_say(answer("Lyon."), answer("Paris."), answer("You are welcome."))

    async with live_client(served.url, ada) as client:
        first = await client.send("Capital of France?")
        await client.until("run.ended")
        again = await client.ask("message.regenerate", message=first["reply"], agent="neo")
        superseded = await client.until("message.superseded", message=first["reply"])
        await client.until("run.ended", run=again["run"])
        thanks = await client.send("Thanks", thread=first["thread"])
        await client.until("run.ended", run=thanks["run"])

    assert superseded["data"]["by"] == again["reply"]
    assert [turn.text for turn in served.chat.requests[1].turns] == ["Capital of France?"]
    assert served.chat.requests[1].agent == "neo"
    assert [turn.text for turn in served.chat.requests[2].turns] == ["Capital of France?", "Paris.", "Thanks"]
    page = (await served.get(f"/api/threads/{first['thread']}/messages", ada)).json()["messages"]
    assert [text_of(message) for message in page[:2]] == ["Capital of France?", "Paris."]
    assert page[1]["siblings"] == [first["reply"], again["reply"]]


async def test_another_answer_to_an_earlier_question_begins_a_branch_and_sees_nothing_later(
    served: ServedSession, ada: Person
) -> None:
    served.chat.will_say(answer("One."), answer("Two."), answer("One again."))

    async with live_client(served.url, ada) as client:
        first = await client.send("First")
        second = await client.send("Second", thread=first["thread"])
        await client.until("run.ended", run=second["run"])
        again = await client.ask("message.regenerate", message=first["reply"])
        await client.until("run.ended", run=again["run"])

    assert [turn.text for turn in served.chat.requests[2].turns] == ["First"]
    page = (await served.get(f"/api/threads/{first['thread']}/messages", ada)).json()["messages"]
    assert [text_of(message) for message in page] == ["First", "One again."]


async def test_only_a_finished_answer_can_be_asked_for_again(served: ServedSession, ada: Person) -> None:
    served.chat.will_say(answer("One."), [asyncio.Event().wait])

    async with live_client(served.url, ada) as client:
        first = await client.send("First")
        await client.until("run.ended")
        question = await client.ask("message.regenerate", message=first["message"])
        again = await client.ask("message.regenerate", message=first["reply"])
        growing = await client.ask("message.regenerate", message=again["reply"])
        unknown = await client.ask("message.regenerate", message=str(uuid4()))
        hal = await client.ask("message.regenerate", message=first["reply"], agent="hal")

    assert again["type"] == "ack"
    assert [each["code"] for each in (question, growing)] == ["not_regenerable"] * 2
    assert (unknown["code"], hal["code"]) == ("unknown_message", "unknown_agent")


async def test_asking_again_twice_with_one_id_makes_one_answer(served: ServedSession, ada: Person) -> None:
    cid = str(uuid4())

    async with live_client(served.url, ada) as client:
        first = await client.send("First")
        await client.until("run.ended")
        one = await client.ask("message.regenerate", message=first["reply"], cid=cid)
        two = await client.ask("message.regenerate", message=first["reply"], cid=cid)

    assert two == one | {"repeated": True}

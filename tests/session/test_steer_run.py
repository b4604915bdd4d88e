"""Steering: the answer that goes the wrong way ends with its text, and what was said meanwhile is answered."""

import asyncio

import pytest

from emergence.contracts.chat import ReplyText
from tests.session.instances.test_two_instances import pair
from tests.session.live_client import live_client
from tests.session.neighbours import Person, Step, answer, started
from tests.session.served_session import ServedSession


def endless() -> list[Step]:
    return [started(), ReplyText(text="The wrong way"), asyncio.Event().wait]


async def test_the_answer_ends_with_its_text_and_the_new_message_is_answered(
    served: ServedSession, ada: Person
) -> None:
    served.chat.will_say(endless(), answer("The right way"))

    async with live_client(served.url, ada) as client:
        wrong = await client.send("Which way?", agent="neo")
        await client.until("message.delta")
        steered = await client.ask("run.steer", run=wrong["run"], text="The other one")
        await client.until("run.ended", run=wrong["run"], reason="stopped")
        await client.until("run.ended", run=steered["run"], reason="done")

    assert (steered["type"], steered["thread"]) == ("ack", wrong["thread"])
    assert client.screen.text(wrong["reply"]) == client.screen.stored_text(wrong["reply"]) == "The wrong way"
    assert client.screen.stored_text(steered["reply"]) == "The right way"
    asked = served.chat.requests[1]
    assert [turn.text for turn in asked.turns] == ["Which way?", "The wrong way", "The other one"]
    assert asked.agent == "neo"
    assert [str(run) for run in served.chat.cancelled] == [wrong["run"]]


async def test_a_run_that_is_over_is_left_alone_and_the_message_is_sent(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        over = await client.send("Hello")
        await client.until("run.ended", run=over["run"], reason="done")
        steered = await client.ask("run.steer", run=over["run"], text="Go on", agent="nexus")
        await client.until("run.ended", run=steered["run"], reason="done")

    assert client.screen.messages[over["reply"]]["status"] == "complete"
    assert served.chat.requests[1].agent == "nexus"


async def test_the_same_command_twice_steers_once(served: ServedSession, ada: Person) -> None:
    served.chat.will_say(endless())
    cid = "019a0000-0000-7000-8000-000000000001"

    async with live_client(served.url, ada) as client:
        wrong = await client.send("Which way?")
        await client.until("message.delta")
        steered = await client.ask("run.steer", cid=cid, run=wrong["run"], text="The other one")
        again = await client.ask("run.steer", cid=cid, run=wrong["run"], text="The other one")
        if steered["run"] not in client.screen.ended:
            await client.until("run.ended", run=steered["run"])

    assert again == {**steered, "repeated": True}
    assert len(served.chat.requests) == 2


async def test_what_waits_already_is_answered_before_it(served: ServedSession, ada: Person) -> None:
    served.chat.will_say(endless())

    async with live_client(served.url, ada) as client:
        wrong = await client.send("First")
        await client.until("message.delta")
        await client.send("Second", thread=wrong["thread"])
        third = await client.ask("run.steer", run=wrong["run"], text="Third")
        await client.until("run.ended", run=third["run"])

    assert [request.turns[-1].text for request in served.chat.requests] == ["First", "Second", "Third"]


@pytest.mark.parametrize(
    ("members", "code"),
    [({"text": " "}, "empty_message"), ({"text": "Hm", "agent": "nobody"}, "unknown_agent")],
    ids=["nothing said", "unknown agent"],
)
async def test_a_refused_message_stops_nothing(
    served: ServedSession, ada: Person, members: dict[str, str], code: str
) -> None:
    may_end = asyncio.Event()
    served.chat.will_say([started(), ReplyText(text="So "), may_end.wait, *answer("far.")[1:]])

    async with live_client(served.url, ada) as client:
        ack = await client.send("Hello")
        await client.until("message.delta")
        refused = await client.ask("run.steer", run=ack["run"], **members)
        may_end.set()
        await client.until("run.ended", run=ack["run"], reason="done")

    assert refused["code"] == code


async def test_a_thread_that_is_deleted_takes_no_steering(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        ack = await client.send("Hello")
        await client.until("run.ended", run=ack["run"])
        await served.ask("DELETE", f"/api/threads/{ack['thread']}", ada)
        refused = await client.ask("run.steer", run=ack["run"], text="Go on")

    assert refused["code"] == "unknown_thread"


async def test_an_answer_on_another_instance_is_steered(database_url: str, ada: Person) -> None:
    async with pair(database_url) as served:
        served.chat.will_say(endless(), answer("The right way"))
        async with live_client(served.one.url, ada) as here, live_client(served.two.url, ada) as there:
            wrong = await here.send("Which way?")
            await there.until("message.delta")
            steered = await there.ask("run.steer", run=wrong["run"], text="The other one")
            await here.until("run.ended", run=steered["run"], reason="done")

        assert await served.one.stored_text(ada, wrong["thread"], wrong["reply"]) == "The wrong way"
        assert await served.one.stored_text(ada, wrong["thread"], steered["reply"]) == "The right way"

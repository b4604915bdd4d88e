"""Stopping: the model really stops, and the text so far stays."""

import asyncio
from uuid import uuid4

from emergence.contracts.chat import ReplyText
from tests.session.live_client import live_client
from tests.session.neighbours import Person, started
from tests.session.served_session import ServedSession


async def test_a_stopped_run_ends_the_stream_for_real_and_keeps_its_text(served: ServedSession, ada: Person) -> None:
    served.chat.will_say([started(), ReplyText(text="So far"), ReplyText(text=", so good"), asyncio.Event().wait])

    async with live_client(served.url, ada) as client:
        ack = await client.send("Talk for ever")
        await client.until("message.delta")
        stopped = await client.ask("run.stop", run=ack["run"])
        await client.until("run.ended", run=ack["run"], reason="stopped")

    assert stopped["type"] == "ack"
    assert [str(run) for run in served.chat.cancelled] == [ack["run"]]
    assert client.screen.messages[ack["reply"]]["status"] == "stopped"
    assert client.screen.text(ack["reply"]) == client.screen.stored_text(ack["reply"]) == "So far, so good"


async def test_stopping_before_the_first_word_leaves_an_empty_answer(served: ServedSession, ada: Person) -> None:
    served.chat.will_say([asyncio.Event().wait])

    async with live_client(served.url, ada) as client:
        ack = await client.send("Think for ever")
        await client.ask("run.stop", run=ack["run"])
        await client.until("run.ended", reason="stopped")

    assert client.screen.messages[ack["reply"]]["parts"] == []


async def test_a_queued_run_can_be_stopped_and_never_reaches_the_model(served: ServedSession, ada: Person) -> None:
    served.chat.will_say([started(), asyncio.Event().wait])

    async with live_client(served.url, ada) as client:
        first = await client.send("First")
        queued = await client.send("Second", thread=first["thread"])
        await client.ask("run.stop", run=queued["run"])
        await client.until("run.ended", run=queued["run"], reason="stopped")
        await client.ask("run.stop", run=first["run"])
        await client.until("run.ended", run=first["run"], reason="stopped")

    assert len(served.chat.requests) == 1


async def test_the_next_message_is_answered_once_the_run_before_it_was_stopped(
    served: ServedSession, ada: Person
) -> None:
    served.chat.will_say([started(), asyncio.Event().wait])

    async with live_client(served.url, ada) as client:
        first = await client.send("First")
        second = await client.send("Second", thread=first["thread"])
        await client.ask("run.stop", run=first["run"])
        await client.until("run.ended", run=second["run"], reason="done")


async def test_stopping_twice_or_after_the_end_changes_nothing(served: ServedSession, ada: Person) -> None:
    cid = str(uuid4())

    async with live_client(served.url, ada) as client:
        ack = await client.send("Hello")
        await client.until("run.ended", reason="done")
        late = await client.ask("run.stop", run=ack["run"], cid=cid)
        again = await client.ask("run.stop", run=ack["run"], cid=cid)

    assert late["repeated"] is False
    assert again["repeated"] is True
    assert await served.stored_text(ada, ack["thread"], ack["reply"]) == "Hello, world."


async def test_an_unknown_run_cannot_be_stopped(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        assert (await client.ask("run.stop", run=str(uuid4())))["code"] == "unknown_run"

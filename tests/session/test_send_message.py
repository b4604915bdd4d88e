"""Saying something: from the command to the stored answer."""

from tests.session.live_client import live_client
from tests.session.neighbours import Person, answer
from tests.session.served_session import ServedSession


async def test_a_message_is_answered_and_what_was_streamed_is_what_is_stored(
    served: ServedSession, ada: Person
) -> None:
    served.chat.will_say(answer("The capital", " of France", " is Paris."))

    async with live_client(served.url, ada) as client:
        ack = await client.send("What is the capital of France?")
        await client.until("run.ended", run=ack["run"])
        await client.until("thread.updated")

    screen = client.screen
    assert screen.text(ack["reply"]) == "The capital of France is Paris." == screen.stored_text(ack["reply"])
    assert screen.messages[ack["reply"]]["status"] == "complete"
    assert screen.messages[ack["reply"]]["run"]["usage"]["input_tokens"] == 7
    assert screen.threads[ack["thread"]]["title"] == "What is the capital of France?"
    assert screen.threads[ack["thread"]]["running"] is False
    assert await served.stored_text(ada, ack["thread"], ack["reply"]) == "The capital of France is Paris."

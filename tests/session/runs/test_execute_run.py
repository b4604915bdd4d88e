"""A run when chat does not behave: the text so far stays, and the problem has a name."""

import time

import pytest

from emergence.contracts.chat import FinishReason, ReplyEnded, ReplyFailed, ReplyText
from tests.session.live_client import Json, live_client
from tests.session.neighbours import Person, Step, reply_json, started
from tests.session.served_session import ServedSession, served_session, session_environ


async def failed(served: ServedSession, person: Person, script: list[Step]) -> tuple[Json, str]:
    """Run a script; return the problem and the text, which must be the same on the screen and in the database."""
    served.chat.will_say(script)
    async with live_client(served.url, person) as client:
        ack = await client.send("Hello")
        problem: Json = (await client.until("message.error"))["data"]["problem"]
        await client.until("run.ended", reason="error")
    final = client.screen.messages[ack["reply"]]
    stored = await served.stored_text(person, ack["thread"], ack["reply"])
    assert final["status"] == "error"
    assert final["run"]["problem"] == problem
    assert client.screen.text(ack["reply"]) == client.screen.stored_text(ack["reply"]) == stored
    return problem, stored


async def test_a_failure_that_chat_reports_is_shown_as_it_says(served: ServedSession, ada: Person) -> None:
    refused = ReplyFailed(code="model_key_rejected", message="The key is wrong.", retryable=False, hint="Mend the key.")

    problem, text = await failed(served, ada, [started(), ReplyText(text="So far"), refused])

    assert problem == {
        "code": "model_key_rejected",
        "message": "The key is wrong.",
        "retryable": False,
        "hint": "Mend the key.",
    }
    assert text == "So far"


CUTS: dict[str, list[Step]] = {
    "the stream ends without a word": [started(), ReplyText(text="So far")],
    "the stream ends within a line": [started(), ReplyText(text="So far"), reply_json("lost")[:-9]],
    "a line is not JSON": [started(), ReplyText(text="So far"), b"<html>\n", ReplyEnded()],
    "a line is something else": [started(), ReplyText(text="So far"), b'{"type":"smile"}\n', ReplyEnded()],
    "half a surrogate pair": [started(), ReplyText(text="So far"), b'{"type":"text","text":"\\ud83d"}\n'],
}


@pytest.mark.parametrize("script", CUTS.values(), ids=CUTS.keys())
async def test_a_broken_stream_keeps_the_text_so_far(served: ServedSession, ada: Person, script: list[Step]) -> None:
    problem, text = await failed(served, ada, script)

    assert (problem["code"], problem["retryable"], text) == ("reply_cut", True, "So far")


async def test_chat_that_falls_silent_is_given_up(database_url: str, ada: Person) -> None:
    async with served_session(session_environ(database_url, SESSION_REPLY_SILENCE_SECONDS="0.5")) as served:
        problem, text = await failed(served, ada, [started(), ReplyText(text="So far"), 30.0])

        assert (problem["code"], text) == ("deadline_exceeded", "So far")
        assert len(served.chat.cancelled) == 1


async def test_a_failure_before_the_first_word_names_what_was_tried(served: ServedSession, ada: Person) -> None:
    refused = ReplyFailed(provider="openai", model="gpt-6", code="model_key_rejected", message="No.", retryable=False)
    served.chat.will_say([refused])

    async with live_client(served.url, ada) as client:
        ack = await client.send("Hello")
        await client.until("run.ended", reason="error")

    run = client.screen.messages[ack["reply"]]["run"]
    assert (run["provider"], run["model"]) == ("openai", "gpt-6")


@pytest.mark.parametrize("reason", ["done", "max_tokens", "refusal"])
async def test_why_the_model_stopped_is_told_and_kept(served: ServedSession, ada: Person, reason: FinishReason) -> None:
    served.chat.will_say([started(), ReplyText(text="As far as it goes"), ReplyEnded(reason=reason)])

    async with live_client(served.url, ada) as client:
        ack = await client.send("Hello")
        await client.until("run.ended", reason="done")

    final = client.screen.messages[ack["reply"]]
    assert (final["status"], final["run"]["outcome"], final["run"]["finish_reason"]) == ("complete", "done", reason)
    assert await served.stored_text(ada, ack["thread"], ack["reply"]) == "As far as it goes"


async def test_a_reply_without_a_word_ends_as_an_empty_answer(served: ServedSession, ada: Person) -> None:
    served.chat.will_say([started(), ReplyText(text=""), ReplyEnded()])

    async with live_client(served.url, ada) as client:
        ack = await client.send("Hello")
        await client.until("run.ended", reason="done")

    assert client.screen.messages[ack["reply"]]["parts"] == []
    assert "message.part_started" not in client.kinds()


async def test_a_reply_of_300_tokens_takes_few_frames_and_bytes(served: ServedSession, ada: Person) -> None:
    script: list[Step] = [started()]
    for number in range(300):
        script += [ReplyText(text=f"{number:03} "), 0.009]
    served.chat.will_say([*script, ReplyEnded()])

    async with live_client(served.url, ada) as client:
        began_s = time.monotonic()
        await client.send("Count")
        await client.until("run.ended")
        elapsed_s = time.monotonic() - began_s

    flush_interval_s = served.parts.settings.session_flush_interval_seconds.total_seconds()
    deltas = client.kinds().count("message.delta")
    assert deltas <= elapsed_s / flush_interval_s + 2
    assert len(client.heard) - deltas <= 13
    assert client.bytes_heard <= 40_000

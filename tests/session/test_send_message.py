"""Saying something: from the command to the stored answer."""

import asyncio
from uuid import uuid4

from emergence.contracts.session.protocol import MESSAGE_MAX_CHARACTERS
from tests.session.live_client import live_client
from tests.session.neighbours import Person, answer
from tests.session.served_session import ServedSession, served_session, session_environ


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


async def test_the_frames_of_a_run_come_in_order_and_without_gap(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        ack = await client.send("Hello")
        await client.until("run.ended")

    of_run = [frame for frame in client.heard if frame.get("topic") == f"run:{ack['run']}"]
    kinds = [frame["type"] for frame in of_run]
    assert [frame["seq"] for frame in of_run] == list(range(1, len(of_run) + 1))
    assert kinds[:3] == ["run.queued", "run.started", "message.part_started"]
    assert kinds[-3:] == ["message.part_ended", "run.usage", "run.ended"] or kinds[-3:] == [
        "run.usage",
        "message.part_ended",
        "run.ended",
    ]
    assert client.kinds().index("ack") < client.kinds().index("message.created")
    assert client.kinds().index("message.final") < client.kinds().index("run.ended")


async def test_the_same_command_again_gets_the_same_answer_and_has_no_second_effect(
    served: ServedSession, ada: Person
) -> None:
    cid = str(uuid4())

    async with live_client(served.url, ada) as client:
        first = await client.send("Once", cid=cid)
        await client.until("run.ended")
        again = await client.send("Once", cid=cid)
    async with live_client(served.url, ada) as other:
        elsewhere = await other.send("Once", cid=cid)

    assert again == elsewhere == first | {"repeated": True}
    assert len(served.chat.requests) == 1
    page = (await served.get(f"/api/threads/{first['thread']}/messages", ada)).json()
    assert len(page["messages"]) == 2


async def test_two_devices_that_repeat_a_command_at_once_cause_one_message(served: ServedSession, ada: Person) -> None:
    cid = str(uuid4())

    async with live_client(served.url, ada) as one, live_client(served.url, ada) as two:
        answers = await asyncio.gather(one.send("Once", cid=cid), two.send("Once", cid=cid))

    assert {each["message"] for each in answers} == {answers[0]["message"]}
    assert sorted(each["repeated"] for each in answers) == [False, True]


async def test_one_command_id_for_two_different_commands_is_refused(served: ServedSession, ada: Person) -> None:
    cid = str(uuid4())

    async with live_client(served.url, ada) as client:
        await client.send("One", cid=cid)
        refused = await client.send("Another", cid=cid)

    assert (refused["type"], refused["code"]) == ("error", "cid_reused")


async def test_what_cannot_be_sent_is_refused_and_nothing_is_stored(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        codes = [
            (await client.send(" \n\t "))["code"],
            (await client.send(""))["code"],
            (await client.send("x" * (MESSAGE_MAX_CHARACTERS + 1)))["code"],
            (await client.send("Hello", agent="hal"))["code"],
            (await client.send("Hello", thread=str(uuid4())))["code"],
        ]

    assert codes == ["empty_message", "empty_message", "message_too_long", "unknown_agent", "unknown_thread"]
    assert (await served.get("/api/threads", ada)).json()["threads"] == []
    assert served.chat.requests == []


async def test_the_longest_message_of_four_byte_characters_is_taken_whole(served: ServedSession, ada: Person) -> None:
    longest = "😀" * MESSAGE_MAX_CHARACTERS

    async with live_client(served.url, ada, max_size=4 * 1024 * 1024) as client:
        cid = str(uuid4())
        await client.socket.send(
            f'{{"cmd":"message.send","cid":"{cid}","agent":"neo","text":"{longest}"}}'.encode().decode()
        )
        ack = await client.until("ack", cid=cid)
        await client.until("run.ended")

    assert await served.stored_text(ada, ack["data"]["thread"], ack["data"]["message"]) == longest


async def test_a_character_that_cannot_be_stored_is_replaced_the_same_way_everywhere(
    served: ServedSession, ada: Person
) -> None:
    served.chat.will_say(answer("a\x00b", "\x00"))

    async with live_client(served.url, ada) as client:
        ack = await client.send("zero: \x00")
        await client.until("run.ended")

    assert client.screen.text(ack["reply"]) == "a\ufffdb\ufffd" == client.screen.stored_text(ack["reply"])
    assert await served.stored_text(ada, ack["thread"], ack["message"]) == "zero: \ufffd"


async def test_messages_of_one_thread_are_answered_one_after_the_other(served: ServedSession, ada: Person) -> None:
    may_go_on = asyncio.Event()
    first, *rest = answer("One.")
    served.chat.will_say([first, may_go_on.wait, *rest], answer("Two."))

    async with live_client(served.url, ada) as client:
        one = await client.send("First")
        two = await client.send("Second", thread=one["thread"])
        await client.until("run.queued")
        assert len(served.chat.requests) <= 1
        may_go_on.set()
        await client.until("run.ended", run=two["run"])

    ends = [frame["data"]["run"] for frame in client.heard if frame["type"] == "run.ended"]
    assert ends == [one["run"], two["run"]]
    assert [turn.text for turn in served.chat.requests[1].turns] == ["First", "One.", "Second"]


async def test_threads_do_not_wait_for_each_other(served: ServedSession, ada: Person) -> None:
    may_go_on = asyncio.Event()
    served.chat.will_say([may_go_on.wait, *answer("Slow.")], answer("Quick."))

    async with live_client(served.url, ada) as client:
        await client.send("First")
        quick = await client.send("Elsewhere")
        ended = await client.until("run.ended")
        may_go_on.set()

    assert ended["data"]["run"] == quick["run"]


async def test_with_chat_away_the_message_is_kept_and_its_run_says_why(database_url: str, ada: Person) -> None:
    async with served_session(session_environ(database_url)) as served:
        served.chat.is_away = True
        async with live_client(served.url, ada) as client:
            ack = await client.send("Are you there?")
            error = await client.until("message.error")
            await client.until("run.ended", reason="error")

        assert error["data"]["problem"]["code"] == "chat_unavailable"
        assert error["data"]["problem"]["retryable"] is True
        assert client.screen.messages[ack["reply"]]["status"] == "error"
        assert await served.stored_text(ada, ack["thread"], ack["message"]) == "Are you there?"

"""Coming back, or reading too slowly: whatever was missed, the text ends the same."""

import asyncio
import socket
from urllib.parse import urlsplit

from emergence.contracts.chat import ReplyText
from emergence.session.sweep_storage import sweep_storage
from tests.session.live_client import Screen, live_client
from tests.session.neighbours import Person, Step, answer, started
from tests.session.served_session import ServedSession, served_session, session_environ

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
WORDS = ["Ça", " va ", FAMILY, " e\u0301", "🇫🇷", " — 100", "000", " fin.", "\n\n", "* a\n* b"]
TEXT = "".join(WORDS)


async def test_a_page_that_is_refreshed_at_any_frame_ends_with_the_same_text(
    served: ServedSession, ada: Person
) -> None:
    paced: list[Step] = [started()]
    for word in WORDS:
        paced += [ReplyText(text=word), 0.06]
    served.chat.will_say([*paced, *answer()[1:]])
    screen = Screen()

    async with live_client(served.url, ada, screen=screen) as client:
        ack = await client.send("Hello")
    screen.positions.setdefault(f"run:{ack['run']}", 0)  # every client knows it from the ack
    sockets = 1
    while ack["run"] not in screen.ended:
        async with live_client(served.url, ada, screen=screen) as client:
            sockets += 1
            if ack["run"] not in screen.ended:
                await client.next()

    assert sockets > len(WORDS)
    assert not screen.texts[ack["reply"]].has_gap
    assert screen.text(ack["reply"]) == TEXT == await served.stored_text(ada, ack["thread"], ack["reply"])


async def test_a_resume_brings_exactly_the_missed_frames(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as watching:
        async with live_client(served.url, ada) as client:
            ack = await client.send("Hello")
            await client.until("message.created")
            positions = dict(client.screen.positions)
        await watching.until("run.ended")
        await watching.until("thread.updated")
    resume = [{"topic": topic, "seq": seq} for topic, seq in positions.items()]
    resume.append({"topic": f"run:{ack['run']}", "seq": 2})

    async with live_client(served.url, ada, resume=resume) as back:
        await back.ask("unsubscribe", topic="nothing:1")

    known = {each["topic"]: each["seq"] for each in resume}
    missed = [f for f in watching.heard if f.get("topic") in known and f["seq"] > known[f["topic"]]]
    got = [frame for frame in back.heard if "seq" in frame]
    assert sorted(got, key=lambda f: (f["topic"], f["seq"])) == sorted(missed, key=lambda f: (f["topic"], f["seq"]))


async def test_a_run_whose_log_is_pruned_is_resumed_by_one_snapshot_and_its_end(database_url: str, ada: Person) -> None:
    async with served_session(session_environ(database_url, SESSION_LOG_GRACE_SECONDS="0")) as served:
        served.chat.will_say(answer(*WORDS))
        async with live_client(served.url, ada) as client:
            ack = await client.send("Hello")
            await client.until("run.ended")
        await sweep_storage(served.parts)

        resume = [{"topic": f"run:{ack['run']}", "seq": 3}]
        async with live_client(served.url, ada, resume=resume) as back:
            await back.until("run.ended")
            await back.ask("subscribe", topic=f"run:{ack['run']}", seq=0)

    kinds = back.kinds()
    assert kinds == ["welcome", "message.snapshot", "run.ended", "message.snapshot", "run.ended", "ack"]
    assert back.heard[1]["data"]["upto_seq"] == back.heard[2]["seq"] - 1
    assert back.screen.text(ack["reply"]) == TEXT


async def test_who_missed_too_much_gets_one_snapshot_and_then_live_text(database_url: str, ada: Person) -> None:
    may_go_on = asyncio.Event()
    script: list[Step] = [started()]
    for word in WORDS:
        script += [ReplyText(text=word), 0.05]
    environ = session_environ(database_url, SESSION_RESUME_MAX_FRAMES="3")
    async with served_session(environ) as served:
        served.chat.will_say([*script, may_go_on.wait, ReplyText(text=" Live."), *answer()[1:]])
        async with live_client(served.url, ada) as watching:
            ack = await watching.send("Hello")
            while watching.screen.text(ack["reply"]) != TEXT:
                await watching.next()
            resume = [{"topic": f"run:{ack['run']}", "seq": 3}]
            async with live_client(served.url, ada, resume=resume) as back:
                await back.until("message.snapshot")
                may_go_on.set()
                await back.until("run.ended")

    assert [kind for kind in back.kinds() if kind == "message.snapshot"] == ["message.snapshot"]
    assert back.screen.text(ack["reply"]) == TEXT + " Live."


async def test_a_thread_whose_old_frames_are_gone_is_to_be_read_again(database_url: str, ada: Person) -> None:
    async with served_session(session_environ(database_url, SESSION_TOPIC_TAIL_FRAMES="10")) as served:
        thread = None
        async with live_client(served.url, ada) as client:
            for number in range(8):
                ack = await client.send(f"Question {number}", thread=thread)
                thread = ack["thread"]
                await client.until("run.ended", run=ack["run"])
        await sweep_storage(served.parts)

        async with live_client(served.url, ada, resume=[{"topic": f"thread:{thread}", "seq": 2}]) as back:
            reset = await back.until("topic.reset")
            page = (await served.get(f"/api/threads/{thread}/messages", ada)).json()
            again = await back.send("Go on", thread=thread)
            while again["message"] not in back.screen.messages:
                await back.next()
            created = next(frame for frame in back.heard if frame["type"] == "message.created")

    assert reset["data"]["seq"] == page["seq"] == created["seq"] - 1


def narrow_socket(url: str) -> socket.socket:
    """A connection whose reader holds little: what it does not read waits at the server."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    narrow.connect(("127.0.0.1", urlsplit(url).port))
    return narrow


async def test_a_slow_reader_gets_a_snapshot_in_place_of_deltas_and_loses_nothing(
    database_url: str, ada: Person
) -> None:
    script: list[Step] = [started()]
    for number in range(90):  # together more than the kernel's own buffers take
        script += [ReplyText(text=f"{number} " * 25_000), 0.005]
    text = "".join(step.text for step in script if isinstance(step, ReplyText))
    environ = session_environ(database_url, SESSION_OUTBOX_MAX_BYTES="20000", SESSION_FLUSH_INTERVAL_SECONDS="0.005")
    async with served_session(environ) as served:
        served.chat.will_say([*script, *answer()[1:]])
        sock = narrow_socket(served.url)
        async with live_client(served.url, ada, max_queue=1, max_size=2**26, sock=sock, close_timeout=1) as slow:
            ack = await slow.send("A long story")
            async with live_client(served.url, ada, max_size=2**26) as quick:
                await quick.until("run.ended")
            await slow.until("run.ended")
            while ack["reply"] not in slow.screen.messages or slow.screen.messages[ack["reply"]]["status"] == "queued":
                await slow.next()

    assert "message.snapshot" in slow.kinds()
    assert slow.screen.text(ack["reply"]) == text == slow.screen.stored_text(ack["reply"])

"""Coming back with the last id: whatever was missed comes, nothing that was there comes twice."""

import asyncio
import json
import socket
from urllib.parse import urlsplit

import pytest

from emergence.contracts.chat import ReplyText
from tests.session.event_client import event_client
from tests.session.live_client import Json, Screen, live_client
from tests.session.neighbours import Person, Step, answer, started
from tests.session.served_session import ServedSession, served_session, session_environ

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
WORDS = ["Ça", " va ", FAMILY, " e\u0301", "🇫🇷", " — 100", "000", " fin.", "\n\n", "* a\r\n* b"]
TEXT = "".join(WORDS)
FRAMES_OF_A_REPLY = (
    22  # thread.updated twice, two created, queued, started, part, ten words, their end, usage, final, end
)


def slowly(pause_s: float) -> list[Step]:
    steps: list[Step] = [started()]
    for word in WORDS:
        steps += [ReplyText(text=word), pause_s]
    return [*steps, *answer()[1:]]


def numbers(frames: list[Json]) -> list[tuple[str, int]]:
    return [(frame["topic"], frame["seq"]) for frame in frames if "seq" in frame]


async def heard_after_cut(
    served: ServedSession, person: Person, at: int, *, waits: bool
) -> tuple[Screen, Json, list[Json]]:
    """Ask, be cut off after so many events, come back with the last id, and hear the answer to its end."""
    served.chat.will_say(slowly(0.05))
    screen = Screen()
    async with event_client(served, person, screen=screen) as first:
        ack = await first.send("Hello")
        for _ in range(at):
            await first.next()
    if waits:
        async with asyncio.timeout(10):
            while await served.stored_text(person, ack["thread"], ack["reply"]) != TEXT:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    heard = list(first.heard)
    while screen.messages.get(ack["reply"], {}).get("status") != "complete":
        async with event_client(served, person, session=first.session, last_id=first.last_id, screen=screen) as again:
            await again.until("message.final")
            heard += again.heard
    return screen, ack, heard


@pytest.mark.parametrize("waits", [False, True], ids=["while it goes on", "after its end"])
async def test_a_client_that_is_cut_at_any_frame_loses_nothing(served: ServedSession, ada: Person, waits: bool) -> None:
    for at in range(FRAMES_OF_A_REPLY):
        screen, ack, heard = await heard_after_cut(served, ada, at, waits=waits)

        assert screen.stored_text(ack["reply"]) == TEXT == await served.stored_text(ada, ack["thread"], ack["reply"])
        shown = screen.texts.get(ack["reply"])
        assert shown is None or not shown.has_gap
        assert len(set(numbers(heard))) == len(numbers(heard)), f"cut at {at}"


async def test_a_client_that_is_cut_after_every_event_ends_with_the_same_text(
    served: ServedSession, ada: Person
) -> None:
    served.chat.will_say(slowly(0.06))
    screen = Screen()
    async with event_client(served, ada, screen=screen) as client:
        ack = await client.send("Hello")
    streams = 1
    while ack["run"] not in screen.ended:
        streams += 1
        async with event_client(served, ada, session=client.session, last_id=client.last_id, screen=screen) as again:
            await again.next()
            client.last_id = again.last_id

    assert streams > len(WORDS)
    assert not screen.texts[ack["reply"]].has_gap
    assert screen.text(ack["reply"]) == TEXT == await served.stored_text(ada, ack["thread"], ack["reply"])


async def test_what_began_elsewhere_meanwhile_comes_from_its_beginning(served: ServedSession, ada: Person) -> None:
    may_go_on = asyncio.Event()
    first, *rest = answer("Elsewhere.")
    async with event_client(served, ada) as stream:
        known = await stream.send("Before")
        await stream.until("run.ended")
        await stream.until("thread.updated")
    served.chat.will_say([first, ReplyText(text="From here. "), may_go_on.wait, *rest])
    async with live_client(served.url, ada) as elsewhere:
        ack = await elsewhere.send("From another device")
        await elsewhere.until("message.delta")
        async with event_client(served, ada, session=stream.session, last_id=stream.last_id) as back:
            await back.until("message.delta")
            may_go_on.set()
            await back.until("run.ended")
            while back.screen.threads[ack["thread"]]["running"]:
                await back.next()

    assert back.screen.text(ack["reply"]) == "From here. Elsewhere." == back.screen.stored_text(ack["reply"])
    assert known["thread"] not in str(numbers(back.heard))


async def test_an_answer_that_came_and_went_meanwhile_comes_as_its_message(served: ServedSession, ada: Person) -> None:
    async with event_client(served, ada) as stream:
        pass
    async with live_client(served.url, ada) as elsewhere:
        ack = await elsewhere.send("From another device")
        await elsewhere.until("run.ended")
    async with event_client(served, ada, last_id=stream.last_id) as back:
        await back.until("message.final")

    assert back.screen.stored_text(ack["reply"]) == "Hello, world."


async def test_without_an_id_a_stream_begins_now_and_a_run_can_be_asked_for_by_name(
    served: ServedSession, ada: Person
) -> None:
    may_go_on = asyncio.Event()
    first, *rest = answer("and more.")
    served.chat.will_say([first, ReplyText(text="So far "), may_go_on.wait, *rest])
    async with live_client(served.url, ada) as elsewhere:
        ack = await elsewhere.send("Hello")
        await elsewhere.until("message.delta")
        async with (
            event_client(served, ada) as late,
            event_client(served, ada, last_id=f"run:{ack['run']}=0") as whole,
        ):
            may_go_on.set()
            await late.until("run.ended")
            await whole.until("run.ended")

    assert late.screen.texts[ack["reply"]].has_gap
    assert whole.screen.text(ack["reply"]) == "So far and more."
    assert late.screen.stored_text(ack["reply"]) == "So far and more."


async def test_after_in_the_address_is_the_same_as_the_header(served: ServedSession, ada: Person) -> None:
    async with event_client(served, ada) as stream:
        ack = await stream.send("Hello")
        await stream.until("run.ended")
        async with stream.http.stream(
            "GET", "/api/sessions/events", params={"after": f"user:{ada.user_id}=0 thread:{ack['thread']}=1"}
        ) as reply:
            lines = reply.aiter_lines()
            said = []
            async for line in lines:
                said.append(line)
                if "message.final" in line:
                    break

    kinds = [kind for line in said for kind in ("message.created", "message.final", "thread.updated") if kind in line]
    assert sorted(set(kinds)) == ["message.created", "message.final", "thread.updated"]
    assert sum("message.created" in line for line in said) == 1


async def test_a_run_of_which_much_was_missed_comes_as_a_snapshot_and_can_be_cut_there_too(
    database_url: str, ada: Person
) -> None:
    environ = session_environ(database_url, SESSION_RESUME_MAX_FRAMES="3")
    async with served_session(environ) as served:
        served.chat.will_say(slowly(0.05))
        screen = Screen()
        async with event_client(served, ada, screen=screen) as client:
            ack = await client.send("Hello")
            await client.until("message.delta")
        async with asyncio.timeout(10):
            while await served.stored_text(ada, ack["thread"], ack["reply"]) != TEXT:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        while ack["run"] not in screen.ended:
            async with event_client(served, ada, last_id=client.last_id, screen=screen) as again:
                await again.next()
                client.last_id = again.last_id
                client.heard += again.heard

    assert "message.snapshot" in client.kinds()
    assert not screen.texts[ack["reply"]].has_gap
    assert screen.text(ack["reply"]) == TEXT == screen.stored_text(ack["reply"])
    assert f"run:{ack['run']}" not in client.last_id


async def test_an_id_names_the_twenty_threads_that_moved_last(served: ServedSession, ada: Person) -> None:
    async with event_client(served, ada) as stream:
        threads = []
        for number in range(22):
            ack = await stream.send(f"Number {number}")
            await stream.until("run.ended", run=ack["run"])
            threads.append(ack["thread"])
    named = [word.partition("=")[0].removeprefix("thread:") for word in stream.last_id.split() if word[0] == "t"]
    async with event_client(served, ada) as other:
        pass

    assert sorted(named) == sorted(threads[2:])
    assert {word for word in other.last_id.split() if word[0] == "t"} == {f"thread:{each}=3" for each in threads[2:]}


async def test_a_slow_reader_gets_snapshots_and_the_whole_text(database_url: str, ada: Person) -> None:
    words = [f"{number} " * 25_000 for number in range(90)]  # together more than the kernel's own buffers take
    environ = session_environ(database_url, SESSION_OUTBOX_MAX_BYTES="20000", SESSION_FLUSH_INTERVAL_SECONDS="0.005")
    async with served_session(environ) as served:
        steps: list[Step] = [started()]
        for word in words:
            steps += [ReplyText(text=word), 0.005]
        served.chat.will_say([*steps, *answer()[1:]])
        token = served.auth.bearer(ada)["authorization"]
        address = urlsplit(served.url)
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(raw, (address.hostname, address.port))
        asking = f"GET /api/sessions/events HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\n\r\n"
        await loop.sock_sendall(raw, asking.encode())
        is_served = asyncio.Event()
        loop.add_reader(raw, is_served.set)
        await is_served.wait()
        loop.remove_reader(raw)
        async with event_client(served, ada) as other:
            ack = await other.send("Talk")
            await other.until("run.ended")
        reader, writer = await asyncio.open_connection(sock=raw, limit=2**26)  # takes nothing before
        screen, kinds = Screen(), set()
        async with asyncio.timeout(30):
            while ack["run"] not in screen.ended:
                line = (await reader.readline()).decode()
                if line.startswith("data: "):
                    frame = json.loads(line[6:])
                    kinds.add(frame["type"])
                    screen.show(frame)
        writer.close()

    assert screen.text(ack["reply"]) == "".join(words)
    assert "message.snapshot" in kinds

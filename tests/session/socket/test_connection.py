"""A socket at work: what it hears, what it may say, how it ends."""

import asyncio
import json
import socket
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from emergence.contracts.auth import LoginSessionRevoked
from emergence.contracts.chat import ReplyText
from emergence.contracts.session.protocol import FRAME_MAX_BYTES
from emergence.kernel.events.outbox import publish
from emergence.session.sweep_storage import sweep_storage
from tests.session.live_client import HELLO, LiveClient, Screen, live_client, raw_socket
from tests.session.neighbours import Person, Step, answer, started
from tests.session.served_session import ServedSession, served_session, session_environ

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
WORDS = ["Ça", " va ", FAMILY, " e\u0301", "🇫🇷", " — 100", "000", " fin.", "\n\n", "* a\n* b"]
TEXT = "".join(WORDS)


async def test_two_sockets_of_one_person_see_the_same_stream(served: ServedSession, ada: Person) -> None:
    served.chat.will_say(answer(*WORDS))

    async with live_client(served.url, ada) as one, live_client(served.url, ada) as two:
        ack = await one.send("Hello")
        await asyncio.gather(one.until("run.ended"), two.until("run.ended"))
        await asyncio.gather(one.until("thread.updated"), two.until("thread.updated"))

    of_topics = [[frame for frame in client.heard if "seq" in frame] for client in (one, two)]
    assert of_topics[0] == of_topics[1]
    assert two.screen.text(ack["reply"]) == TEXT


async def test_offsets_count_code_points(served: ServedSession, ada: Person) -> None:
    paced: list[Step] = [started()]
    for word in WORDS:
        paced += [ReplyText(text=word), 0.05]
    served.chat.will_say([*paced, *answer()[1:]])

    async with live_client(served.url, ada) as client:
        ack = await client.send("Hello")
        await client.until("run.ended")

    deltas = [frame["data"] for frame in client.heard if frame["type"] == "message.delta"]
    assert len(deltas) > 3
    assert [each["offset"] for each in deltas] == [
        sum(len(before["text"]) for before in deltas[:index]) for index in range(len(deltas))
    ]
    ended = next(frame for frame in client.heard if frame["type"] == "message.part_ended")
    assert ended["data"]["length"] == len(TEXT)
    assert await served.stored_text(ada, ack["thread"], ack["reply"]) == TEXT


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
        async with live_client(served.url, ada, max_queue=1, max_size=2**26, sock=sock) as slow:
            ack = await slow.send("A long story")
            async with live_client(served.url, ada, max_size=2**26) as quick:
                await quick.until("run.ended")
            await slow.until("run.ended")
            while ack["reply"] not in slow.screen.messages or slow.screen.messages[ack["reply"]]["status"] == "queued":
                await slow.next()

    assert "message.snapshot" in slow.kinds()
    assert slow.screen.text(ack["reply"]) == text == slow.screen.stored_text(ack["reply"])


async def bad(served: ServedSession, person: Person, frame: str | bytes) -> tuple[int, str]:
    async with live_client(served.url, person) as client:
        await client.socket.send(frame)
        code = await client.close_code()
        return code, client.heard[-1]["data"]["code"]


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "null",
        '"message.send"',
        '{"cmd":5}',
        '{"cmd":"message.send"}',
        '{"cmd":"message.send","cid":"1","text":"x","agent":"neo"}',
        '{"cmd":"hello","client":"again","protocols":["emergence.v1"]}' + "x",
        '{"cmd":"subscribe","cid":"019a0000-0000-7000-8000-000000000007","topic":"t","seq":-1}',
        '{"cmd":"message.send","cid":"019a0000-0000-7000-8000-000000000007","text":"\\ud800","agent":"neo"}',
        "[" * 20_000,
        b"\x00\x01",
        "x" * (FRAME_MAX_BYTES + 1),
    ],
    ids=lambda frame: str(len(frame)),
)
async def test_a_malformed_frame_is_named_and_closes_the_socket(
    served: ServedSession, ada: Person, frame: str | bytes
) -> None:
    assert await bad(served, ada, frame) == (4400, "bad_frame")


async def test_a_malformed_command_is_refused_by_its_id_so_that_it_is_not_sent_again(
    served: ServedSession, ada: Person
) -> None:
    cid = str(uuid4())

    async with live_client(served.url, ada) as client:
        await client.socket.send(json.dumps({"cmd": "message.send", "cid": cid, "text": "x", "agent": "n" * 81}))
        assert await client.close_code() == 4400

    assert client.heard[-1]["data"]["cid"] == cid


async def test_a_frame_above_the_servers_limit_closes_with_1009(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        await client.socket.send("x" * (1024 * 1024 + 1))
        assert await client.close_code() == 1009


async def test_an_unknown_command_is_answered_and_the_socket_stays_open(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        unknown = await client.ask("agent.dance")
        await client.socket.send('{"cmd":"ping"}')
        await client.until("pong")

    assert unknown["code"] == "unknown_command"


async def test_a_socket_must_begin_with_hello(served: ServedSession, ada: Person) -> None:
    async with raw_socket(served.url + "/ws", ["emergence.v1", f"ticket.{ada.ticket()}"]) as socket:
        await socket.send('{"cmd":"ping"}')
        assert json.loads(await socket.recv())["data"]["code"] == "bad_frame"
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4400


async def test_a_second_hello_is_refused(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        await client.socket.send(json.dumps(HELLO))
        assert (await client.until("error"))["data"]["code"] == "bad_frame"


async def test_too_many_commands_close_with_4429_and_others_are_not_concerned(
    database_url: str, ada: Person, bob: Person
) -> None:
    async with (
        served_session(session_environ(database_url, SESSION_COMMANDS_PER_MINUTE="5")) as served,
        live_client(served.url, ada) as client,
        live_client(served.url, bob) as other,
    ):
        for _ in range(7):
            await client.socket.send('{"cmd":"ping"}')
        assert await client.close_code() == 4429
        await other.socket.send('{"cmd":"ping"}')
        await other.until("pong")

    assert client.kinds().count("pong") == 5
    assert client.heard[-1]["data"]["code"] == "too_many_commands"


async def test_every_socket_is_pinged_and_pongs_cost_nothing(database_url: str, ada: Person) -> None:
    environ = session_environ(database_url, SESSION_HEARTBEAT_SECONDS="0.1", SESSION_COMMANDS_PER_MINUTE="2")
    async with served_session(environ) as served, live_client(served.url, ada) as client:
        for _ in range(4):
            await client.until("ping")
            await client.socket.send('{"cmd":"pong"}')


async def revoke(served: ServedSession, person: Person) -> None:
    """Publish what auth publishes, through an outbox and the real bus."""
    session = served.parts
    event = LoginSessionRevoked(session_id=person.session_id, user_id=person.user_id, reason="logout")
    async with session.database.transaction() as tx:
        await publish(tx, event)


async def test_a_revoked_login_session_closes_all_its_sockets_and_no_others(served: ServedSession, ada: Person) -> None:
    elsewhere = Person(user_id=ada.user_id)
    async with (
        live_client(served.url, ada) as one,
        live_client(served.url, ada) as two,
        live_client(served.url, elsewhere) as other,
    ):
        await revoke(served, ada)

        assert list(await asyncio.gather(one.close_code(), two.close_code())) == [4401, 4401]
        await other.send("Still here")
        async with live_client_refused(served, ada) as code:
            assert code == 4401


class live_client_refused:  # noqa: N801 - reads as the function beside it
    """Open a socket that is to be refused after its hello; yields the close code."""

    def __init__(self, served: ServedSession, person: Person) -> None:
        self._socket = raw_socket(served.url + "/ws", ["emergence.v1", f"ticket.{person.ticket()}"])

    async def __aenter__(self) -> int | None:
        socket = await self._socket.__aenter__()
        await socket.send(json.dumps(HELLO))
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        return socket.close_code

    async def __aexit__(self, *_: object) -> None:
        await self._socket.__aexit__(None, None, None)


async def test_a_muted_topic_is_silent_until_it_is_asked_for_again(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        first = await client.send("One")
        await client.until("run.ended")
        await client.ask("unsubscribe", topic=f"thread:{first['thread']}")
        second = await client.send("Two", thread=first["thread"])
        await client.until("run.ended", run=second["run"])
        muted = [f for f in client.heard if f["type"] == "message.created"]
        await client.ask("subscribe", topic=f"thread:{first['thread']}", seq=3)

    assert len(muted) == 2
    assert client.screen.messages[second["reply"]]["status"] == "complete"


async def test_a_drain_announces_itself_and_closes_with_4503(database_url: str, ada: Person) -> None:
    drained: LiveClient | None = None
    async with served_session(session_environ(database_url)) as served:
        opened = live_client(served.url, ada)
        drained = await opened.__aenter__()
    assert await drained.close_code() == 4503
    assert drained.kinds()[-1] == "drain"
    await opened.__aexit__(None, None, None)

"""A socket at work: what it hears, what it may say, how it ends."""

import asyncio
import json
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from emergence.contracts.chat import ReplyText
from emergence.contracts.session.protocol import FRAME_MAX_BYTES
from tests.session.live_client import HELLO, LiveClient, live_client, raw_socket
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
        '{"cmd":"subscribe","cid":"019a0000-0000-7000-8000-000000000007","topic":"t","seq":9223372036854775808}',
        '{"cmd":"subscribe","cid":"019a0000-0000-7000-8000-000000000007","topic":"user:\\u0000"}',
        '{"cmd":"unsubscribe","cid":"019a0000-0000-7000-8000-000000000007","topic":"user:\\n"}',
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

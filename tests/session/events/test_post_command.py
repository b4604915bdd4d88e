"""Commands by POST: the rules of a socket, the answers of HTTP."""

import asyncio
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emergence.contracts.session.protocol import MESSAGE_MAX_CHARACTERS
from emergence.kernel.metrics import registry
from tests.session.event_client import client_of, event_client, posted
from tests.session.live_client import Json, live_client
from tests.session.neighbours import Person, answer, started
from tests.session.served_session import ServedSession, served_session, session_environ

NOBODYS = "019a0000-0000-7000-8000-000000000007"
OWN = {"sec-fetch-site": "same-origin"}


async def test_the_same_command_again_has_no_second_effect_whichever_way_it_comes(
    served: ServedSession, ada: Person
) -> None:
    cid = str(uuid4())
    async with event_client(served, ada) as stream, live_client(served.url, ada) as socket:
        first = await stream.send("Once", cid=cid)
        await stream.until("run.ended")
        again = await stream.send("Once", cid=cid)
        elsewhere = await socket.send("Once", cid=cid)
        reused = await stream.post("message.send", cid=cid, text="Another", agent="anima")

    assert again == first | {"repeated": True}
    assert elsewhere == again | {"type": "ack"}
    assert (reused.status_code, reused.json()["code"]) == (409, "cid_reused")
    assert len(served.chat.requests) == 1


async def test_two_posts_of_one_command_at_once_cause_one_message(served: ServedSession, ada: Person) -> None:
    cid = str(uuid4())
    async with event_client(served, ada) as stream:
        answers = await asyncio.gather(*(stream.send("Once", cid=cid) for _ in range(4)))

    assert {each["message"] for each in answers} == {answers[0]["message"]}
    assert sorted(each["repeated"] for each in answers) == [False, True, True, True]


async def test_a_run_is_stopped_and_an_answer_is_asked_for_again(served: ServedSession, ada: Person) -> None:
    served.chat.will_say([started(), *answer("So far")[1:2], asyncio.Event().wait], answer("Better."))
    async with event_client(served, ada) as stream:
        ack = await stream.send("Talk for ever")
        await stream.until("message.delta")
        assert (await stream.post("run.stop", run=ack["run"])).status_code == 200
        await stream.until("run.ended", run=ack["run"], reason="stopped")
        again = (await stream.post("message.regenerate", message=ack["reply"])).json()["data"]
        await stream.until("run.ended", run=again["run"], reason="done")

    assert await served.stored_text(ada, ack["thread"], again["reply"]) == "Better."


@pytest.mark.parametrize(
    ("cmd", "members", "status", "code"),
    [
        ("message.send", {"text": " \n", "agent": "neo"}, 422, "empty_message"),
        ("message.send", {"text": "x" * (MESSAGE_MAX_CHARACTERS + 1), "agent": "neo"}, 413, "message_too_long"),
        ("message.send", {"text": "x" * 1_100_000, "agent": "neo"}, 413, "request_too_large"),
        ("message.send", {"text": "x", "agent": "hal"}, 404, "unknown_agent"),
        ("message.send", {"text": "x", "agent": "neo", "thread": NOBODYS}, 404, "unknown_thread"),
        ("message.send", {"text": "x", "agent": "neo", "user": NOBODYS}, 422, "invalid_request"),
        ("message.send", {"text": "\ud800", "agent": "neo"}, 422, "invalid_request"),
        ("message.regenerate", {"message": NOBODYS}, 404, "unknown_message"),
        ("message.withdraw", {"message": NOBODYS}, 404, "unknown_message"),
        ("run.stop", {"run": NOBODYS}, 404, "unknown_run"),
        ("run.steer", {"run": NOBODYS, "text": "x"}, 404, "unknown_run"),
        ("run.steer", {"run": NOBODYS, "text": ""}, 422, "empty_message"),
        ("typing", {"thread": "x"}, 422, "invalid_request"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_refusal_is_a_problem_with_its_status(
    served: ServedSession, ada: Person, cmd: str, members: Json, status: int, code: str
) -> None:
    async with event_client(served, ada) as stream:
        refused = await stream.post(cmd, **members)

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.headers["content-type"] == "application/problem+json"
    assert (await served.get("/api/threads", ada)).json()["threads"] == []


async def test_nothing_of_somebody_else_is_touched_and_their_session_is_not_there(
    served: ServedSession, ada: Person, bob: Person
) -> None:
    async with event_client(served, ada) as adas, event_client(served, bob) as bobs:
        ack = await adas.send("Mine")
        await adas.until("run.ended")
        refused = [
            await posted(bobs.http, adas.session, "session.extend"),
            await posted(bobs.http, uuid4(), "session.extend"),
            await bobs.post("run.stop", run=ack["run"]),
            await bobs.post("run.steer", run=ack["run"], text="x"),
            await bobs.post("message.withdraw", message=ack["message"]),
            await bobs.post("message.regenerate", message=ack["reply"]),
            await bobs.post("message.send", text="x", agent="neo", thread=ack["thread"]),
        ]

    assert [each.json()["code"] for each in refused] == [
        "unknown_session", "unknown_session", "unknown_run", "unknown_run",
        "unknown_message", "unknown_message", "unknown_thread",
    ]  # fmt: skip
    assert {each.status_code for each in refused} == {404}


async def test_a_command_needs_no_stream_but_a_session_that_is_not_over(served: ServedSession, ada: Person) -> None:
    async with event_client(served, ada) as stream:
        pass
    async with client_of(served, ada) as http:
        body = {"text": "Nobody listens", "agent": "neo"}
        assert (await posted(http, stream.session, "message.send", **body)).status_code == 200
        await served.parts.database.execute("UPDATE live_sessions SET ended_at = now()")
        over = await posted(http, stream.session, "message.send", **body)

    assert (over.status_code, over.json()["code"]) == (409, "session_over")


async def test_the_pace_is_that_of_sockets_and_says_when_to_come_back(
    database_url: str, ada: Person, bob: Person
) -> None:
    environ = session_environ(database_url, SESSION_COMMANDS_PER_MINUTE="5")
    async with (
        served_session(environ) as served,
        event_client(served, ada) as stream,
        event_client(served, bob) as other,
    ):
        async with live_client(served.url, ada) as socket:
            await socket.ask("session.extend")
        answers = [await stream.post("session.extend") for _ in range(5)]
        assert (await other.post("session.extend")).status_code == 200
        again = await stream.http.get("/api/sessions/events")
        assert len(served.parts.sockets.of_user(ada.user_id)) == 1

    # Opening the stream was the first of five, the socket's command the second.
    assert [each.status_code for each in answers] == [200, 200, 200, 429, 429]
    assert (again.status_code, again.json()["code"]) == (429, "too_many_commands")
    assert answers[-1].json()["code"] == "too_many_commands"
    assert answers[-1].headers["retry-after"] == "12"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        (OWN, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"content-type": "text/plain"}, 403),
        ({"content-type": "application/x-www-form-urlencoded"}, 403),
    ],
    ids=str,
)
async def test_another_site_commands_nothing(
    served: ServedSession, ada: Person, headers: dict[str, str], status: int
) -> None:
    async with event_client(served, ada) as stream:
        body = f'{{"cmd":"session.extend","cid":"{uuid4()}"}}'
        asked = {"content-type": "application/json", **headers}
        answered = await stream.http.post(f"/api/sessions/{stream.session}/commands", content=body, headers=asked)

    assert answered.status_code == status, answered.text


async def test_what_is_posted_is_counted(served: ServedSession, ada: Person) -> None:
    def count(outcome: str) -> float:
        labels = {"command": "run.stop", "outcome": outcome}
        return registry.get_sample_value("session_commands_total", labels) or 0.0

    before = count("unknown_run")
    async with event_client(served, ada) as stream:
        await stream.post("run.stop", run=str(uuid4()))

    assert count("unknown_run") == before + 1


UUIDS = st.one_of(st.uuids().map(str), st.sampled_from(["", "1", "{}", "x" * 36, "0" * 36]))
WORDS = st.one_of(
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["user:", "thread:", "run:", "USER:", "frame:", "", "run:run:"]),
        UUIDS,
        st.sampled_from(["=", "==", "", ":"]),
        st.one_of(st.integers(-3, 2**70).map(str), st.sampled_from(["", "1e3", "٣", "+1", "0x1", "1_0"])),
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"]), max_size=30),
)
NOISY = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


async def test_no_id_that_was_made_up_breaks_anything(served: ServedSession, ada: Person) -> None:
    seen: set[int] = set()
    async with client_of(served, ada) as http:

        async def ask(text: str, *, as_header: bool) -> int:
            given = (
                {"headers": {"last-event-id": text.encode("latin-1", "replace")}}
                if as_header
                else {"params": {"after": text}}
            )
            async with http.stream("GET", "/api/sessions/events", **given) as reply:
                if reply.status_code == 422:
                    problem = (await reply.aread()).decode()
                    assert "`id` of the last event" in problem
                return reply.status_code

        examples: list[tuple[str, bool]] = []
        NOISY(
            given(words=st.lists(WORDS, max_size=4), as_header=st.booleans())(
                lambda words, as_header: examples.append((" ".join(words).strip(), as_header))
            )
        )()
        mine = f"user:{ada.user_id}=0"
        examples += [(mine, True), (f"{mine} {mine}", True), (f"{mine}=1", False), (f"{mine},", False)]
        examples += [(" ".join(f"run:{uuid4()}=0" for _ in range(201)), False), ("x" * 20_000, True)]
        examples += [(f"user:{ada.user_id}={2**63 - 1}", False), (f"user:{ada.user_id}={2**63}", True)]
        examples += [("user:\x00", False), ("user:\n", False), ("\ud7ff", False), ("%", False)]
        for text, as_header in examples:
            status = await ask(text, as_header=as_header)
            assert status in (200, 422), (text, status)
            seen.add(status)

    assert seen == {200, 422}


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=20),
        UUIDS,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)
NAMES = ["cmd", "cid", "text", "agent", "thread", "message", "run", "language", "topic"]
COMMANDS = st.sampled_from(
    [
        "message.send",
        "message.edit",
        "message.withdraw",
        "message.regenerate",
        "run.stop",
        "run.steer",
        "typing",
        "session.extend",
        "hello",
        "ping",
        "\x00",
    ]
)


async def test_no_command_that_was_made_up_breaks_anything(database_url: str, ada: Person) -> None:
    bodies: list[Json] = []
    NOISY(
        given(
            head=st.fixed_dictionaries({"cmd": COMMANDS, "cid": UUIDS}),
            rest=st.dictionaries(st.sampled_from(NAMES), st.one_of(JSON, UUIDS, st.just("neo")), max_size=5),
        )(lambda head, rest: bodies.append(head | rest))
    )()
    raw = [b"", b"{", b"[]", b"null", b"\xff", b'{"cmd":' * 500, b"[" * 50_000, b'{"cmd":"run.stop"}', b'"x"', b"NaN"]
    environ = session_environ(database_url, SESSION_COMMANDS_PER_MINUTE="100000")
    async with served_session(environ) as served, event_client(served, ada) as stream:
        path = f"/api/sessions/{stream.session}/commands"
        statuses = {(await stream.http.post(path, json=body)).status_code for body in bodies}
        headers = {"content-type": "application/json"}
        statuses |= {(await stream.http.post(path, content=body, headers=headers)).status_code for body in raw}
        for odd in ("x", "0", "%00", "../../x", str(uuid4()).upper()):
            body = {"cmd": "session.extend", "cid": str(uuid4())}
            statuses.add((await stream.http.post(f"/api/sessions/{odd}/commands", json=body)).status_code)
        assert (await stream.post("session.extend")).status_code == 200

    assert statuses <= {200, 400, 404, 409, 413, 422}, statuses
    assert {404, 422} <= statuses

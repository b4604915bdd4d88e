"""An administrator who looks at somebody's conversations reads them live, and says nothing in their name."""

import asyncio
from dataclasses import replace
from typing import get_args
from uuid import uuid4

import pytest

from emergence.contracts.session.commands import AnyCommand
from tests.session.live_client import live_client
from tests.session.neighbours import Person, started
from tests.session.served_session import ServedSession

READING = {"subscribe", "unsubscribe", "ping", "session.extend"}
OF_THE_CONNECTION = {"hello", "pong"}
COMMANDS = {str(get_args(kind.model_fields["cmd"].annotation)[0]) for kind in get_args(get_args(AnyCommand)[0])}
MEMBERS: dict[str, dict[str, object]] = {
    "message.send": {"thread": None, "agent": "neo", "text": "Hello", "language": "en"},
    "message.regenerate": {"message": uuid4(), "agent": "neo"},
    "message.edit": {"message": uuid4(), "text": "Hello"},
    "branch.select": {"message": uuid4()},
    "message.withdraw": {"message": uuid4()},
    "run.stop": {"run": uuid4()},
    "run.steer": {"run": uuid4(), "text": "Hello"},
    "typing": {"thread": uuid4()},
}


@pytest.fixture
def looked_at(ada: Person) -> Person:
    return replace(ada, session_id=uuid4(), impersonator_id=uuid4())


def test_every_command_that_writes_is_looked_at_here() -> None:
    assert set(MEMBERS) == COMMANDS - READING - OF_THE_CONNECTION


async def test_what_the_person_says_arrives_and_can_be_read_again(
    served: ServedSession, ada: Person, looked_at: Person
) -> None:
    async with live_client(served.url, ada) as own, live_client(served.url, looked_at) as other:
        ack = await own.send("Hello")
        await other.until("run.ended", reason="done")
        again = await other.ask("subscribe", topic=f"thread:{ack['thread']}", seq=0)

    assert again["type"] == "ack"
    assert other.screen.stored_text(ack["reply"]) != ""
    assert (await served.get(f"/api/threads/{ack['thread']}/messages", looked_at)).status_code == 200


@pytest.mark.parametrize("command", sorted(MEMBERS))
async def test_nothing_is_written_in_their_name(served: ServedSession, looked_at: Person, command: str) -> None:
    async with live_client(served.url, looked_at) as client:
        refused = await client.ask(command, **MEMBERS[command])
        still_open = await client.ask("subscribe", topic=f"user:{looked_at.user_id}", seq=0)

    assert (refused["type"], refused["code"], still_open["type"]) == ("error", "read_only", "ack")
    assert served.chat.requests == []
    assert (await served.get("/api/threads", looked_at)).json()["threads"] == []


async def test_a_reply_that_is_being_written_is_not_stopped(
    served: ServedSession, ada: Person, looked_at: Person
) -> None:
    served.chat.will_say([started(), asyncio.Event().wait])
    async with live_client(served.url, ada) as own, live_client(served.url, looked_at) as other:
        ack = await own.send("Think")
        refused = await other.ask("run.stop", run=ack["run"])
        assert refused["code"] == "read_only"
        assert served.chat.cancelled == []
        await own.ask("run.stop", run=ack["run"])
        await own.until("run.ended", reason="stopped")

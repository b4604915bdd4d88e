"""How many replies of one person are written at once; the others wait in order and can be seen waiting."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from emergence.contracts.chat import ReplyEnded, ReplyText
from tests.session.live_client import live_client
from tests.session.neighbours import Person, Step, started
from tests.session.served_session import ServedSession, served_session, session_environ


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[ServedSession]:
    """A service that writes two replies of one person at once, and never looks for forgotten ones."""
    environ = session_environ(database_url, SESSION_CONCURRENT_RUNS_PER_USER="2", SESSION_SWEEP_INTERVAL_SECONDS="3600")
    async with served_session(environ) as running:
        yield running


def held(release: asyncio.Event) -> list[Step]:
    return [started(), release.wait, ReplyText(text="At last."), ReplyEnded()]


def asked(served: ServedSession) -> list[str]:
    return [str(request.run_id) for request in served.chat.requests]


async def test_further_replies_wait_visibly_and_in_order(served: ServedSession, ada: Person, bob: Person) -> None:
    gates = [asyncio.Event() for _ in range(4)]
    served.chat.will_say(*(held(gate) for gate in gates))

    async with live_client(served.url, ada) as client:
        acks = [await client.send(f"Question {number}") for number in range(4)]
        runs = [ack["run"] for ack in acks]
        for run in runs[:2]:
            if run not in asked(served):
                await client.until("run.started")
        async with live_client(served.url, bob) as other:
            served.chat.scripts.insert(0, [started(), ReplyText(text="You need not wait."), ReplyEnded()])
            await other.send("And I?")
            await other.until("run.ended", reason="done")

        queued = (await served.get(f"/api/threads/{acks[2]['thread']}/messages", ada)).json()["messages"][-1]
        assert (queued["status"], queued["run"]["state"]) == ("queued", "queued")
        assert [run for run in asked(served) if run in runs] == runs[:2]

        for number, gate in enumerate(gates):
            gate.set()
            await client.until("run.ended", run=runs[number], reason="done")

    assert [run for run in asked(served) if run in runs] == runs


async def test_a_reply_that_waits_for_room_can_be_stopped(served: ServedSession, ada: Person) -> None:
    gates = [asyncio.Event() for _ in range(3)]
    served.chat.will_say(*(held(gate) for gate in gates))

    async with live_client(served.url, ada) as client:
        runs = [(await client.send(f"Question {number}"))["run"] for number in range(4)]
        await client.ask("run.stop", run=runs[2])
        await client.until("run.ended", run=runs[2], reason="stopped")
        for gate in gates:
            gate.set()
        await client.until("run.ended", run=runs[3], reason="done")

    assert asked(served) == [runs[0], runs[1], runs[3]]


async def test_a_thread_goes_on_after_its_own_reply_only(served: ServedSession, ada: Person) -> None:
    gates = [asyncio.Event() for _ in range(3)]
    served.chat.will_say(*(held(gate) for gate in gates))

    async with live_client(served.url, ada) as client:
        first = await client.send("First")
        other = await client.send("Elsewhere")
        second = await client.send("Second", thread=first["thread"])
        gates[1].set()
        await client.until("run.ended", run=other["run"])
        assert second["run"] not in asked(served)
        gates[0].set()
        gates[2].set()
        await client.until("run.ended", run=second["run"], reason="done")

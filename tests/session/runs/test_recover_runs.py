"""Runs whose instance died: every acknowledged message and every word that was sent stays."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from emergence.contracts.chat import ReplyText
from emergence.session.store.runs import release_leases
from tests.session.live_client import Screen, live_client
from tests.session.neighbours import Person, Step, answer, started
from tests.session.served_session import served_session, session_environ

ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def session_process(database_url: str, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """A session service in a process of its own, whose agents count aloud for ever."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.session.counting_process",
        str(port),
        cwd=ROOT,
        env={"PATH": "", "PYTHONPATH": str(ROOT), **session_environ(database_url)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(40):
            assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_after_kill_9_another_instance_ends_the_run_and_keeps_every_word(
    database_url: str, free_port: int, ada: Person
) -> None:
    screen = Screen()
    async with session_process(database_url, free_port) as process:
        async with live_client(f"http://127.0.0.1:{free_port}", ada, screen=screen) as client:
            ack = await client.send("Count")
            queued = await client.send("And then?", thread=ack["thread"])
            while len(screen.text(ack["reply"])) < 60:
                await client.next()
            process.send_signal(signal.SIGKILL)
            await process.wait()
            await client.close_code()
        seen = screen.text(ack["reply"])

    async with served_session(session_environ(database_url)) as survivor:
        survivor.chat.will_say(answer("Then I went on."))
        async with asyncio.timeout(10), live_client(survivor.url, ada, screen=screen) as client:
            while ack["run"] not in screen.ended or queued["run"] not in screen.ended:
                await client.next()
        stored = await survivor.stored_text(ada, ack["thread"], ack["reply"])

    assert screen.ended[ack["run"]] == "interrupted"
    assert screen.messages[ack["reply"]]["status"] == "interrupted"
    assert stored.startswith(seen)
    assert screen.text(ack["reply"]) == stored == screen.stored_text(ack["reply"])
    assert screen.ended[queued["run"]] == "done"
    assert [turn.text for turn in survivor.chat.requests[0].turns] == ["Count", stored, "And then?"]


async def test_an_instance_that_goes_away_in_order_interrupts_with_the_text_kept(
    database_url: str, ada: Person
) -> None:
    screen = Screen()
    async with served_session(session_environ(database_url)) as first:
        first.chat.will_say([started(), ReplyText(text="So far"), asyncio.Event().wait])
        async with live_client(first.url, ada, screen=screen) as client:
            ack = await client.send("Hello")
            queued = await client.send("Still there?", thread=ack["thread"])
            while not screen.text(ack["reply"]):
                await client.next()

    async with served_session(session_environ(database_url)) as second:
        async with live_client(second.url, ada, screen=screen) as client:
            while queued["run"] not in screen.ended:
                await client.next()

    assert screen.ended == {ack["run"]: "interrupted", queued["run"]: "done"}
    assert screen.text(ack["reply"]) == screen.stored_text(ack["reply"]) == "So far"


async def test_an_instance_that_lost_its_lease_sends_nothing_more(database_url: str, ada: Person) -> None:
    words: list[Step] = [started()]
    for number in range(200):
        words += [ReplyText(text=f"{number} "), 0.02]
    slow_to_renew = session_environ(database_url, SESSION_RUN_LEASE_SECONDS="60", SESSION_SWEEP_INTERVAL_SECONDS="60")
    async with served_session(slow_to_renew) as old, live_client(old.url, ada) as on_old:
        old.chat.will_say(words)
        ack = await on_old.send("Count")
        while len(on_old.screen.text(ack["reply"])) < 20:
            await on_old.next()
        await release_leases(old.parts.database, old.parts.instance)
        async with served_session(session_environ(database_url)) as new, live_client(new.url, ada) as on_new:
            if on_new.heard[0]["data"]["running"]:
                await on_new.until("run.ended", reason="interrupted")
            await asyncio.wait_for(old.parts.runs.emptied(), timeout=10)
            stored = await new.stored_text(ada, ack["thread"], ack["reply"])
        await on_old.socket.send(json.dumps({"cmd": "ping"}))
        await on_old.until("pong")

    assert on_old.screen.text(ack["reply"]) == stored


async def test_a_run_that_is_stopped_through_another_instance_stops(database_url: str, ada: Person) -> None:
    environ = session_environ(database_url)
    async with served_session(environ) as one, served_session(environ) as two:
        one.chat.will_say([started(), ReplyText(text="So far"), asyncio.Event().wait])
        async with live_client(one.url, ada) as on_one, live_client(two.url, ada) as on_two:
            ack = await on_one.send("Hello")
            await on_one.until("message.delta")
            await on_two.ask("run.stop", run=ack["run"])
            await on_one.until("run.ended", reason="stopped")

    assert len(one.chat.cancelled) == 1
    assert one.parts.settings.session_run_lease_seconds < timedelta(seconds=2)

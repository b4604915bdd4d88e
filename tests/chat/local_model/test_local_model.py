"""The built-in model really runs: it answers, streams, comes back, and leaves with its owner."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import psutil  # type: ignore[import-untyped]
import pytest

from emergence.chat.local_model import DEMONSTRATION_LIMITS, LocalEndpoint, LocalModel, demonstration_prompt

pytestmark = pytest.mark.skipif(
    LocalModel.unavailable_reason() is not None, reason=str(LocalModel.unavailable_reason())
)


@pytest.fixture
async def model() -> AsyncIterator[LocalModel]:
    model = LocalModel()
    yield model
    await model.close()


async def stream(where: LocalEndpoint, agent: str, *said: str) -> list[str]:
    """Return the pieces of the answer to the last of `said`, as they came."""
    prompt = demonstration_prompt(agent)
    turns = [turn for example in prompt.examples for turn in example] + list(said)
    roles = ["user", "assistant"] * len(turns)
    messages = [{"role": role, "content": text} for role, text in zip(roles, turns, strict=False)]
    body = {
        "model": where.model,
        "messages": [{"role": "system", "content": prompt.system}, *messages],
        "max_tokens": DEMONSTRATION_LIMITS.max_tokens,
        "stream": True,
    }
    headers = {"Authorization": f"Bearer {where.api_key}"}
    pieces = []
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.post(f"{where.base_url}/chat/completions", json=body, raise_for_status=True) as reply,
    ):
        async for line in reply.content:
            if line.startswith(b"data: {"):
                choices = json.loads(line.removeprefix(b"data: "))["choices"]
                pieces += [choice["delta"]["content"] for choice in choices if choice["delta"].get("content")]
    return pieces


def our_children() -> set[int]:
    return {child.pid for child in psutil.Process().children() if "serve.py" in " ".join(child.cmdline())}


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"process {pid} still runs"
        time.sleep(0.02)


async def test_it_names_paris_in_more_than_one_piece_whoever_speaks(model: LocalModel) -> None:
    where = await model.endpoint()

    for agent in ("Anima", "Neo", "Nexus"):
        for question in ("What is the capital of France?", "what's the capital of france"):
            pieces = await stream(where, agent, question)

            assert "".join(pieces) == "The capital of France is Paris."
            assert len(pieces) > 3


async def test_it_keeps_the_thread_of_a_short_conversation(model: LocalModel) -> None:
    where = await model.endpoint()

    first = "".join(await stream(where, "Neo", "What is the capital of France?"))
    second = "".join(await stream(where, "Neo", "What is the capital of France?", first, "And of Germany?"))
    name = "".join(await stream(where, "Nexus", "What is your name?"))

    assert "Berlin" in second
    assert "Nexus" in name


async def test_it_starts_once_for_callers_that_come_together_and_ends_with_close(model: LocalModel) -> None:
    assert our_children() == set()

    first, second = await asyncio.gather(model.endpoint(), model.endpoint())

    assert first is second
    assert len(our_children()) == 1
    await model.close()
    await model.close()
    assert our_children() == set()


async def test_a_killed_process_is_replaced_at_the_next_use(model: LocalModel) -> None:
    first = await model.endpoint()
    (killed,) = our_children()
    os.kill(killed, signal.SIGKILL)
    async with asyncio.timeout(5):
        while psutil.pid_exists(killed):  # noqa: ASYNC110 - a zombie's last threads still hold the port
            await asyncio.sleep(0.01)

    second = await model.endpoint()

    assert second.api_key != first.api_key
    assert "Rome" in "".join(await stream(second, "Neo", "What is the capital of Italy?"))


async def test_it_listens_on_loopback_only_and_asks_for_the_key(model: LocalModel) -> None:
    where = await model.endpoint()
    (pid,) = our_children()

    assert {listener.laddr.ip for listener in psutil.Process(pid).net_connections()} == {"127.0.0.1"}
    with pytest.raises(aiohttp.ClientResponseError, match="401"):
        await stream(LocalEndpoint(where.base_url, "wrong"), "Neo", "Hi")
    assert where.api_key not in " ".join(psutil.Process(pid).cmdline()) + repr(where)


async def test_a_cancelled_start_leaves_no_process(model: LocalModel) -> None:
    start = asyncio.create_task(model.endpoint())
    while not our_children():  # noqa: ASYNC110 - another process sets no event
        await asyncio.sleep(0.005)

    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start

    assert our_children() == set()


@pytest.fixture
def holder() -> Iterator[subprocess.Popen[str]]:
    program = Path(__file__).with_name("hold_model.py")
    with subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_it_goes_when_its_owner_is_killed(holder: subprocess.Popen[str]) -> None:
    assert holder.stdout is not None
    model_pid = int(holder.stdout.readline())

    holder.kill()

    wait_until_gone(model_pid)

"""The clients that docs/protocol.md shows, run as they stand there: curl, and one in Python."""

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from emergence.contracts.chat import ReplyText
from tests.session.event_client import event_client
from tests.session.neighbours import Person, Step, answer, started
from tests.session.served_session import ServedSession

PAGE = Path(__file__).parents[3] / "docs" / "protocol.md"
PATIENCE_S = 15


def shown(language: str) -> list[str]:
    """Return the examples of the section, in a language."""
    section = PAGE.read_text(encoding="utf-8").partition("## Without WebSockets")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


def around(served: ServedSession, person: Person, **more: str) -> dict[str, str]:
    token = served.auth.bearer(person)["authorization"].removeprefix("Bearer ")
    return {**os.environ, "EMERGENCE": served.url, "TOKEN": token, "no_proxy": "*", **more}


@asynccontextmanager
async def running(*words: str, environ: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *words, env=environ, stdout=pipe, stderr=pipe, limit=2**20, start_new_session=True
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, 15)
            await process.wait()


async def test_curl_hears_and_speaks_as_written(served: ServedSession, ada: Person) -> None:
    if not shutil.which("curl"):
        pytest.skip("no curl here")
    listen, speak = shown("sh")
    listen = "\n".join(line for line in listen.splitlines() if not line.startswith("export"))
    session, heard, acked = "", [], {}
    async with running("sh", "-c", listen, environ=around(served, ada)) as listening:
        assert listening.stdout is not None
        async for line in listening.stdout:
            if not line.startswith(b"data: "):
                continue
            frame = json.loads(line[6:])
            heard.append(frame["type"])
            if frame["type"] == "welcome":
                session = frame["data"]["session"]
                async with running("sh", "-c", speak, environ=around(served, ada, SESSION=session)) as speaking:
                    acked = json.loads((await speaking.communicate())[0])
            if frame["type"] == "run.ended":
                break

    assert (acked["type"], heard[0]) == ("ack", "welcome")
    assert "message.delta" in heard
    assert await served.stored_text(ada, acked["data"]["thread"], acked["data"]["reply"]) == "Hello, world."


async def test_the_python_client_prints_the_answer_though_it_is_cut_off(
    served: ServedSession, ada: Person, tmp_path: Path
) -> None:
    (source,) = shown("python")
    client = tmp_path / "client.py"
    client.write_text(source, encoding="utf-8")
    steps: list[Step] = [started()]
    for word in ("The ", "tide ", "turns ", "at ", "noon. ", "😀"):
        steps += [ReplyText(text=word), 0.3]
    served.chat.will_say([*steps, *answer()[1:]])
    async with running(sys.executable, str(client), "When?", environ=around(served, ada)) as asking:
        assert asking.stdout is not None
        begun = await asking.stdout.readexactly(len("The "))
        (stream,) = served.parts.sockets.of_user(ada.user_id)
        stream.drop()
        rest, complaint = await asking.communicate()

    assert (begun + rest).decode() == "The tide turns at noon. 😀\n", complaint
    assert stream not in served.parts.sockets


async def test_the_python_client_says_when_its_token_has_ended(
    served: ServedSession, ada: Person, tmp_path: Path
) -> None:
    client = tmp_path / "client.py"
    client.write_text(shown("python")[0], encoding="utf-8")
    served.chat.will_say([started(), asyncio.Event().wait])
    async with running(sys.executable, str(client), "When?", environ=around(served, ada)) as asking:
        while not served.chat.requests:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        served.auth.feed.revoke("sid", ada.session_id)
        _, complaint = await asking.communicate()

    assert (asking.returncode, complaint) == (1, b"sign in again\n")


@pytest.mark.parametrize(("token", "agent"), [("nonsense", "anima"), (None, "nobody")])
async def test_the_python_client_gives_up_where_asking_again_would_not_help(
    served: ServedSession, ada: Person, tmp_path: Path, token: str | None, agent: str
) -> None:
    client = tmp_path / "client.py"
    client.write_text(shown("python")[0].replace('"agent": "anima"', f'"agent": "{agent}"'), encoding="utf-8")
    environ = around(served, ada) | ({} if token is None else {"TOKEN": token})
    async with running(sys.executable, str(client), "When?", environ=environ) as asking:
        _, complaint = await asking.communicate()

    assert asking.returncode == 1
    assert complaint.endswith(b".\n")
    assert b"trying again" not in complaint


async def test_the_form_of_an_id_is_as_documented(served: ServedSession, ada: Person) -> None:
    async with event_client(served, ada) as client:
        await client.send("Hello")
        await client.until("message.delta")

    form = re.sub(r"[0-9a-f-]{36}=[0-9]+", "<id>=n", client.last_id)
    assert sorted(form.split()) == ["run:<id>=n", "thread:<id>=n", "user:<id>=n"]

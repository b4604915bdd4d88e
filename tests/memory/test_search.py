"""A search tells what holds the words from what is only like them in meaning."""

from collections.abc import Sequence
from dataclasses import replace

from emergence.kernel.embeddings.embedder import Vector, vector_of
from emergence.memory.embed_turns import embed_due
from emergence.memory.embedders import Embedders
from emergence.memory.items.search import search_memory
from emergence.memory.parts import Memory
from tests.memory.kept_items import know
from tests.memory.said_turns import keep
from tests.session.neighbours import Person

BIRDS = ("macaw", "zeppelin")


class Birds:
    """A model that knows a bird from everything else: what flies is alike."""

    name, dimensions = "birds", 384

    async def embed_query(self, text: str) -> Vector:
        return self._vector(text)

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        return [self._vector(text) for text in texts]

    async def close(self) -> None:
        """Nothing is held."""

    def _vector(self, text: str) -> Vector:
        flies = any(bird in text.lower() for bird in BIRDS)
        return vector_of([float(flies), float(not flies), sum(map(ord, text)) % 97 / 970, *[0.0] * 381])


async def test_what_is_only_like_the_words_is_named_as_such_and_comes_last(memory: Memory, ada: Person) -> None:
    memory = replace(memory, embedders=Embedders("birds", {"birds": Birds}))
    for number in range(40):
        await know(memory, ada, f"Note number {number} is about the garden", "note")
        await keep(memory, ada, [f"Remark {number} was about the weather."])
    await know(memory, ada, "Has a macaw", "note")
    await keep(memory, ada, ["The macaw sang."])
    while await embed_due(memory):
        pass

    nowhere = await search_memory(memory, ada.user_id, "zeppelin", None, 20)

    assert [item.text for item in nowhere.items] == ["Has a macaw"]
    assert [turn.text for turn in nowhere.turns] == ["The macaw sang."]
    assert nowhere.similar == [nowhere.items[0].id, nowhere.turns[0].message]
    assert (await search_memory(memory, ada.user_id, "zeppelin", "note", 20)).similar == [nowhere.items[0].id]

    await know(memory, ada, "Saw a zeppelin", "note")
    found = await search_memory(memory, ada.user_id, "zeppelin", None, 20)
    assert [item.text for item in found.items] == ["Saw a zeppelin", "Has a macaw"]
    assert found.items[0].id not in found.similar
    assert (await search_memory(memory, ada.user_id, "macaw", None, 20)).similar == []


async def test_what_sounds_alike_in_the_other_language_is_no_hit(memory: Memory, ada: Person) -> None:
    await keep(memory, ada, ["I see.", "The sea was rough at Brest.", "We built a beehive.", "I plan to be there."])

    for words in ("sea", "la mer", "at the seas"):
        found = await search_memory(memory, ada.user_id, words, None, 10)
        exact = [turn.text for turn in found.turns if turn.message not in found.similar]
        assert exact == ["The sea was rough at Brest."], words

"""What is embedded of a turn holds the end of the one before: when that goes, it goes from the vector too."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from emergence.kernel.embeddings.availability import vectors_unavailable_reason
from emergence.kernel.embeddings.embedder import Vector, vector_of
from emergence.memory.embed_turns import embed_due
from emergence.memory.embedders import Embedders
from emergence.memory.items.forget import forget_turn
from emergence.memory.parts import Memory
from emergence.memory.store.passages import read_passages
from emergence.memory.store.turns import delete_others
from tests.memory.said_turns import Line, keep
from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person

pytestmark = pytest.mark.skipif(
    vectors_unavailable_reason() is not None, reason="no vector can be compared on this machine"
)


class Listening:
    """A model that remembers what it was given; `meanwhile` happens while it works."""

    name, dimensions = "listening", 2

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.meanwhile = nothing

    async def embed_query(self, text: str) -> Vector:
        return vector_of([1, len(text)])

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        self.heard += texts
        await self.meanwhile()
        return [vector_of([1, len(text)]) for text in texts]

    async def close(self) -> None:
        """Nothing is held."""


async def nothing() -> None:
    """Let nothing happen."""


@pytest.fixture
def model() -> Listening:
    return Listening()


@pytest.fixture
def memory(served: ServedMemory, model: Listening) -> Memory:
    return replace(served.parts, embedders=Embedders(model.name, {model.name: lambda: model}))


async def embed_all(memory: Memory) -> None:
    while await embed_due(memory):
        pass


async def id_of(memory: Memory, person: Person, body: str) -> UUID:
    async with memory.rows.of(person.user_id) as tx:
        found = await tx.fetchval("SELECT message_id FROM turns WHERE user_id = $1 AND body = $2", person.user_id, body)
        assert isinstance(found, UUID)
        return found


async def embedded(memory: Memory, person: Person) -> set[str]:
    async with memory.rows.of(person.user_id) as tx:
        rows = await tx.fetch("SELECT body FROM turns NATURAL JOIN turn_vectors WHERE user_id = $1", person.user_id)
        return {row["body"] for row in rows}


async def test_a_turn_is_embedded_after_the_end_of_the_one_before_and_without_names(
    memory: Memory, ada: Person, model: Listening
) -> None:
    await keep(memory, ada, ["a" * 150 + "b" * 200, Line("Yes, in May.", "anima")])
    await keep(memory, ada, ["Another thread."])

    await embed_all(memory)

    assert sorted(model.heard) == ["Another thread.", "a" * 150 + "b" * 200, "b" * 200 + "\nYes, in May."]


async def test_what_is_forgotten_goes_from_the_vector_of_the_next_turn_too(
    memory: Memory, ada: Person, model: Listening
) -> None:
    await keep(memory, ada, ["First.", "A secret.", "An answer.", "Last."])
    await embed_all(memory)
    model.heard.clear()

    await forget_turn(memory, ada.user_id, await id_of(memory, ada, "A secret."))
    assert await embedded(memory, ada) == {"First.", "Last."}
    await embed_all(memory)

    assert model.heard == ["First.\nAn answer."]
    assert await embedded(memory, ada) == {"First.", "An answer.", "Last."}


async def test_what_is_forgotten_while_the_next_turn_is_embedded_is_in_no_vector(
    memory: Memory, ada: Person, model: Listening
) -> None:
    await keep(memory, ada, ["A secret.", "An answer."])
    secret = await id_of(memory, ada, "A secret.")

    async def forget() -> None:
        model.meanwhile = nothing
        await forget_turn(memory, ada.user_id, secret)

    model.meanwhile = forget
    await embed_due(memory)
    assert await embedded(memory, ada) == set()
    await embed_all(memory)

    assert model.heard[-1] == "An answer."
    assert await embedded(memory, ada) == {"An answer."}


async def test_turns_that_leave_a_thread_leave_the_vectors_of_the_others(
    memory: Memory, ada: Person, model: Listening
) -> None:
    thread = await keep(memory, ada, ["First.", "A former version.", "An answer."])
    await embed_all(memory)
    model.heard.clear()
    kept = [await id_of(memory, ada, body) for body in ("First.", "An answer.")]

    async with memory.rows.of(ada.user_id) as tx:
        await delete_others(tx, ada.user_id, thread, kept)
    await embed_all(memory)

    assert model.heard == ["First.\nAn answer."]


async def test_nobody_elses_turns_are_embedded_with_ones_own(memory: Memory, ada: Person, bob: Person) -> None:
    await keep(memory, bob, ["Bob's."])
    await keep(memory, ada, ["Ada's."])
    bobs = await id_of(memory, bob, "Bob's.")

    async with memory.rows.of(ada.user_id) as tx:
        assert await read_passages(tx, ada.user_id, [bobs]) == {}

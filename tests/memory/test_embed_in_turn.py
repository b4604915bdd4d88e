"""Nobody waits for the vectors of somebody else: everybody's are made in turn, and what gets none is left out."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from emergence.kernel.embeddings.embedder import EmbeddingDown, Vector, vector_of
from emergence.memory.change_model import change_model
from emergence.memory.embed_turns import AT_ONCE, PEOPLE_AT_ONCE, Line, embed_due
from emergence.memory.failed_work import LEFT_OUT_AFTER
from emergence.memory.parts import Memory
from emergence.memory.store import vectors
from tests.frozen_clock import FrozenClock
from tests.memory.kept_rows import kept_memory
from tests.memory.said_turns import keep
from tests.session.neighbours import Person

NAME = "picky"
REFUSED = "🎂"


class Picky:
    """As some servers are: a request with one text that it does not take is refused whole."""

    name, dimensions = NAME, 2

    def __init__(self) -> None:
        self.is_down = False
        self.asked: list[list[str]] = []

    async def embed_query(self, text: str) -> Vector:
        return (await self.embed_passages([text]))[0]

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        self.asked.append(list(texts))
        if self.is_down or any(REFUSED in text for text in texts):
            raise EmbeddingDown("400")
        return [vector_of([1, len(text)]) for text in texts]

    async def close(self) -> None:
        pass


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def model() -> Picky:
    return Picky()


@pytest.fixture
async def memory(database_url: str, clock: FrozenClock, model: Picky) -> AsyncIterator[Memory]:
    async with kept_memory(database_url, clock) as parts:
        parts.embedders.__init__(NAME, {NAME: lambda: model})  # type: ignore[misc] # as if it had been started with it
        yield parts


async def embedded(memory: Memory, person: Person) -> int:
    async with memory.rows.of(person.user_id) as tx:
        return int(await tx.fetchval("SELECT count(*) FROM turn_vectors"))


async def test_one_turn_does_not_wait_for_the_thousands_of_somebody_else(
    memory: Memory, ada: Person, bob: Person
) -> None:
    await keep(memory, bob, [f"note {number}" for number in range(3 * AT_ONCE)])
    await keep(memory, ada, ["I like figs."])

    await embed_due(memory)

    assert (await embedded(memory, ada), await embedded(memory, bob)) == (1, AT_ONCE - 1)


async def test_whoever_was_served_waits_until_the_others_were(memory: Memory) -> None:
    people, share = [Person() for _ in range(PEOPLE_AT_ONCE + 2)], AT_ONCE // PEOPLE_AT_ONCE
    for person in people:
        await keep(memory, person, [str(number) for number in range(3 * share)])
    line = Line()

    await embed_due(memory, line)
    await embed_due(memory, line)

    counts = [await embedded(memory, person) for person in people]
    assert sorted(counts) == [share] * 4 + [2 * share] * (PEOPLE_AT_ONCE - 2)


async def test_a_text_that_is_refused_is_left_out_and_what_came_with_it_is_not(
    memory: Memory, clock: FrozenClock, model: Picky, ada: Person, bob: Person
) -> None:
    await keep(memory, bob, ["Before."])
    await keep(memory, bob, [REFUSED])
    await keep(memory, bob, ["After."])
    await keep(memory, ada, ["I like figs."])

    await embed_due(memory)

    assert (await embedded(memory, ada), await embedded(memory, bob)) == (1, 0)
    for _ in range(LEFT_OUT_AFTER):
        clock.advance(timedelta(hours=1))
        while await embed_due(memory):
            pass
    assert await embedded(memory, bob) == 2
    assert sum(REFUSED in text for texts in model.asked for text in texts) == LEFT_OUT_AFTER
    assert (await vectors.count_pending(memory.database), await vectors.count_left_out(memory.database)) == (0, 1)


async def test_what_is_left_out_does_not_keep_a_former_model(memory: Memory, clock: FrozenClock, bob: Person) -> None:
    await keep(memory, bob, [REFUSED])
    await memory.database.execute("UPDATE people SET model = 'former'")

    await change_model(memory)
    assert await model_of(memory, bob) == "former"
    for _ in range(LEFT_OUT_AFTER):
        await embed_due(memory)
        clock.advance(timedelta(hours=1))
    await change_model(memory)

    assert await model_of(memory, bob) == NAME


async def model_of(memory: Memory, person: Person) -> str | None:
    async with memory.rows.of(person.user_id) as tx:
        return await vectors.answering_model(tx, person.user_id)


async def test_while_a_model_is_away_no_text_is_to_blame(
    memory: Memory, clock: FrozenClock, model: Picky, ada: Person
) -> None:
    await keep(memory, ada, ["I like figs.", "And dates."])
    model.is_down = True

    for _ in range(2 * LEFT_OUT_AFTER):
        assert not await embed_due(memory)
        clock.advance(timedelta(hours=1))

    assert await vectors.count_left_out(memory.database) == 0
    model.is_down = False
    await embed_due(memory)
    assert await embedded(memory, ada) == 2

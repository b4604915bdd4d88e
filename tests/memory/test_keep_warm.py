"""After a start the first question is as fast as the others, and no model runs where there is nothing to find."""

from time import perf_counter

from emergence.kernel.embeddings.builtin import BuiltinEmbedder
from tests.memory.served_memory import ServedMemory, memory_environ, served_memory, until
from tests.session.neighbours import Person
from tests.session.threads.talking import talked


def model_of(memory: ServedMemory) -> BuiltinEmbedder:
    model = memory.parts.embedders.named("usem3")
    assert isinstance(model, BuiltinEmbedder)
    return model


async def test_the_model_is_started_once_there_is_something_to_find(database_url: str, ada: Person) -> None:
    environ = memory_environ(database_url, MEMORY_EMBEDDING_MODEL="usem3")
    async with served_memory(environ) as memory:
        await memory.settled()
        assert model_of(memory).pid is None
        await talked(memory.session, ada, "My sister is called Odile.", answers=["Hello Odile."])

        async def is_embedded() -> bool:
            return await memory.embedded(ada, "usem3") == 2

        await until(is_embedded)

    async with served_memory(environ) as again:

        async def is_started() -> bool:
            return model_of(again).pid is not None

        await until(is_started)
        await model_of(again).embed_query("warm")  # behind the one that warms it
        started = perf_counter()
        await model_of(again).embed_query("What is my sister's name?")
        assert perf_counter() - started < 1, "starting it takes longer; the machine may be busy"

"""A memory service without its neighbours: session answers from a file."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID, uuid5

from fastapi import FastAPI

from bench.instruments.recall_sets import Collection, Item
from emergence.contracts.session.events import ThreadImported
from emergence.contracts.session.said import MESSAGES_AT_ONCE, ReadSaid, Said, SaidMessage
from emergence.kernel.embeddings.embedder import Embedder
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.storage.migrate import apply_migrations
from emergence.kernel.surroundings import Surroundings
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.peers import Peers
from emergence.memory.app import MIGRATIONS, build_parts
from emergence.memory.embed_turns import embed_due
from emergence.memory.embedders import Embedders
from emergence.memory.on_events import OnEvents
from emergence.memory.parts import Memory
from emergence.memory.read_threads import read_due

SPACE = UUID("5e3a6c1e-9a0c-4b1e-8a39-6d3d7f1f2f10")  # ids are the same at each run
SECRET = "3b1f0c9e7d5a48628f1e0d9c7b6a5f4e"


def user_of(collection: Collection) -> UUID:
    """Return whose memory it is."""
    return uuid5(SPACE, f"user {collection.name}")


def message_of(collection: Collection, item: str) -> UUID:
    """Return the message that an item is."""
    return uuid5(SPACE, f"message {collection.name} {item}")


def thread_of(collection: Collection, session: str) -> UUID:
    """Return the thread that a session is."""
    return uuid5(SPACE, f"thread {collection.name} {session}")


@asynccontextmanager
async def remembering(
    database_url: str,
    collections: Sequence[Collection],
    model: str,
    standing_in: Callable[[Embedder], Embedder] | None = None,
) -> AsyncIterator[Memory]:
    """Yield the parts of a memory service whose session knows these collections; nothing is kept yet.

    `standing_in` makes what is asked in the place of the model, such as a cache in front of it.
    """
    tokens = ServiceTokens(SECRET, "memory")
    peers = Peers({"session": InProcess(_session(collections), service="session", tokens=tokens)})
    environ = {
        "DATABASE_URL": database_url,
        "EMERGENCE_SERVICE_SECRET": SECRET,
        "EMERGENCE_ENV": "development",
        "MEMORY_EMBEDDING_MODEL": model,
    }
    memory = build_parts(Surroundings(environ=environ, peers=peers))
    wanted = memory.embedders.named(memory.embedders.wanted)
    if wanted is not None and standing_in is not None:
        stand_in = standing_in(wanted)
        memory = replace(memory, embedders=Embedders(stand_in.name, {stand_in.name: lambda: stand_in}))
    try:
        await apply_migrations(memory.database, MIGRATIONS)
        await memory.prepare()
        yield memory
    finally:
        await memory.embedders.close()
        await memory.database.close()


async def take_in(memory: Memory, collection: Collection) -> None:
    """Tell memory of every session, and let it read them: findable by words afterwards."""
    await tell_all(memory, collection)
    while await read_due(memory):
        pass


async def tell_all(memory: Memory, collection: Collection) -> None:
    """Tell memory of every session as of an imported thread."""
    on_events = OnEvents(memory)
    for session in dict.fromkeys(item.session for item in collection.items):
        event = ThreadImported(user_id=user_of(collection), thread_id=thread_of(collection, session))
        async with memory.database.transaction() as tx:
            await on_events.on_thread_imported(tx, event)


async def embed(memory: Memory) -> None:
    """Let memory make every vector that waits."""
    while await embed_due(memory):
        pass


def _session(collections: Sequence[Collection]) -> FastAPI:
    threads: dict[UUID, list[SaidMessage]] = {}
    for collection in collections:
        for item in collection.items:
            said = threads.setdefault(thread_of(collection, item.session), [])
            said.append(_message(collection, item))
    known: Mapping[UUID, list[SaidMessage]] = {
        thread: sorted(said, key=lambda message: message.message_id) for thread, said in threads.items()
    }
    app = FastAPI()

    @app.post("/api/session/internal/said")
    async def read_said(asked: ReadSaid) -> Said:
        rest = [each for each in known[asked.thread_id] if asked.after is None or each.message_id > asked.after]
        page = rest[:MESSAGES_AT_ONCE]
        return Said(messages=page, next=page[-1].message_id if len(rest) > len(page) else None)

    return app


def _message(collection: Collection, item: Item) -> SaidMessage:
    return SaidMessage(
        message_id=message_of(collection, item.id),
        position=item.position,
        role="agent" if item.speaker else "user",  # those who have a name: the person's own is not known to memory
        agent=item.speaker or None,
        said_at=item.at,
        text=item.text,
    )

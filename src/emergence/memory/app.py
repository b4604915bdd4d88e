"""The memory service: a projection of what was said, fed by events, asked by agents. Start here."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from emergence.contracts.auth.client import AuthClient, access_token_verifier, issued_service_tokens
from emergence.contracts.auth.events import UserDeleted
from emergence.contracts.auth.revocation_reader import RevocationReader
from emergence.contracts.consolidation import ConsolidationClient
from emergence.contracts.session.events import (
    MessageChanged,
    MessageStored,
    ThreadDeleted,
    ThreadErased,
    ThreadImported,
    ThreadRestored,
)
from emergence.contracts.session.said import SaidClient
from emergence.kernel.events.bus.from_settings import bus_from_settings, take_pushed_events
from emergence.kernel.events.erasing import Erasing
from emergence.kernel.events.subscriber import Handler, Subscriber
from emergence.kernel.revocations import Revocations
from emergence.kernel.service_app import Lifespan, ServiceAppPlan, service_app
from emergence.kernel.service_life import Loop, ServiceLife
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.row_security import GuardedRows
from emergence.kernel.surroundings import Surroundings, service_database_url
from emergence.memory import routes
from emergence.memory.change_model import keep_changing_model
from emergence.memory.choose_model import choose_model
from emergence.memory.embed_turns import keep_embedding
from emergence.memory.fill_in import keep_filling
from emergence.memory.gardening.keep_gardening import keep_gardening
from emergence.memory.items import routes as item_routes
from emergence.memory.items.write_pace import WritePace
from emergence.memory.keep_warm import keep_warm
from emergence.memory.on_events import OnEvents
from emergence.memory.open_embedders import open_embedders
from emergence.memory.parts import Memory
from emergence.memory.questions import Questions
from emergence.memory.read_threads import keep_reading
from emergence.memory.settings import MemorySettings
from emergence.memory.store.personal_data import PERSONAL_TABLES
from emergence.memory.store.tombstones import ForgottenWords

log = structlog.get_logger(__name__)

MIGRATIONS = "emergence.memory.migrations"


def build_app(surroundings: Surroundings) -> FastAPI:
    """Build the service. Raises SettingsInvalid."""
    memory = build_parts(surroundings)
    revocations = Revocations(memory.clock)
    reader = RevocationReader(AuthClient(surroundings.peers), revocations, memory.clock, "memory")
    life = ServiceLife(memory.database, MIGRATIONS, memory.clock, memory.prepare)
    app = service_app(
        ServiceAppPlan(
            name="memory",
            title="Emergence memory",
            settings=memory.settings,
            life=life,
            lifespan=_lifespan(memory, life, reader),
        )
    )
    app.state.memory = memory
    app.state.verifier = access_token_verifier(
        surroundings.peers, memory.clock, revocations, memory.settings.shared_key()
    )
    app.state.knows_services = (
        issued_service_tokens(surroundings.peers, memory.clock, revocations),
        *memory.settings.known_by_platform(memory.clock),
    )
    app.include_router(item_routes.public)
    app.include_router(routes.internal)
    return app


def build_parts(surroundings: Surroundings) -> Memory:
    """Return the slice's parts. Raises SettingsInvalid."""
    settings = MemorySettings.read(surroundings.environ)
    database = Database(service_database_url(settings, "memory"), "memory", pool_size=settings.database_pool_size)
    rows = GuardedRows(database)
    return Memory(
        settings=settings,
        database=database,
        rows=rows,
        clock=surroundings.clock,
        embedders=open_embedders(settings),
        said=SaidClient(surroundings.peers),
        erasing=Erasing(database, PERSONAL_TABLES, surroundings.clock, rows.seen_by),
        consolidation=ConsolidationClient(surroundings.peers),
        questions=Questions(),
        write_pace=WritePace(surroundings.clock),
        forgotten_words=ForgottenWords(*settings.key_secrets()),
    )


def _lifespan(memory: Memory, life: ServiceLife, reader: RevocationReader) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if obstacle := choose_model(memory.settings.memory_embedding_model).obstacle:
            log.warning("memory_searches_words_alone", reason=obstacle)
        bus = bus_from_settings(memory.settings)
        subscriber = Subscriber(
            memory.database, bus, subscriber="memory", handlers=_handlers(memory), clock=memory.clock
        )
        take_pushed_events(app, memory.settings, bus, subscriber)
        loops = [subscriber.run, reader.run, memory.erasing.run, *_loops(memory)]
        async with life.running(loops):
            try:
                yield
            finally:
                memory.questions.close()
                await memory.embedders.close()
                await bus.close()

    return lifespan


def _handlers(memory: Memory) -> dict[type, Handler]:
    on_events = OnEvents(memory)
    return {
        MessageStored: on_events.on_message_stored,
        MessageChanged: on_events.on_message_changed,
        ThreadImported: on_events.on_thread_imported,
        ThreadDeleted: on_events.on_thread_deleted,
        ThreadRestored: on_events.on_thread_restored,
        ThreadErased: on_events.on_thread_erased,
        UserDeleted: on_events.on_user_deleted,
    }


def _loops(memory: Memory) -> Sequence[Loop]:
    async def warming() -> None:
        await keep_warm(memory)

    async def reading() -> None:
        await keep_reading(memory)

    async def embedding() -> None:
        await keep_embedding(memory)

    async def filling() -> None:
        await keep_filling(memory)

    async def changing_model() -> None:
        await keep_changing_model(memory)

    async def gardening() -> None:
        await keep_gardening(memory)

    return warming, reading, embedding, filling, changing_model, gardening, memory.write_pace.keep_sweeping

"""The chat service: agents, providers and replies. Start here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Request, Response

from emergence.chat.agents.agents import agent_named, shipped_agents
from emergence.chat.configure_provider import configure_provider, forget_provider, list_models
from emergence.chat.consolidate import consolidate, estimate_consolidation
from emergence.chat.local_model import LocalModel
from emergence.chat.on_events import OnEvents
from emergence.chat.parts import Chat
from emergence.chat.providers import SEAL_LABEL, Providers, RemoteProvider
from emergence.chat.reply import reply
from emergence.chat.settings import ChatSettings
from emergence.chat.store import PERSONAL_TABLES
from emergence.contracts.auth.administering import has_factors_of_administrator, require_factors_of_administrator
from emergence.contracts.auth.client import AuthClient, access_token_verifier, issued_service_tokens
from emergence.contracts.auth.events import UserDeleted
from emergence.contracts.auth.revocation_reader import RevocationReader
from emergence.contracts.auth.values import Role
from emergence.contracts.chat import Agents, ConfigureProvider, Models, ProviderState, ReplyRequest
from emergence.contracts.consolidation import (
    CONSOLIDATOR,
    Consolidate,
    Consolidated,
    ConsolidationEstimate,
    ToConsolidate,
)
from emergence.contracts.memory.client import MemoryClient
from emergence.contracts.personal_data import EXPORTER, pieces_of
from emergence.kernel.events.bus.from_settings import bus_from_settings, take_pushed_events
from emergence.kernel.events.erasing import Erasing
from emergence.kernel.events.relay import Relay
from emergence.kernel.events.subscriber import Subscriber
from emergence.kernel.identity import Identity, current_identity, no_changes_while_impersonating, require_role
from emergence.kernel.revocations import Revocations
from emergence.kernel.sealing import Seal
from emergence.kernel.service_app import ServiceAppPlan, service_app
from emergence.kernel.service_life import ServiceLife
from emergence.kernel.service_tokens import calling_service, require_service
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.personal_data import rows_about
from emergence.kernel.surroundings import Surroundings, service_database_url
from emergence.kernel.wire.ndjson import NdjsonResponse

MIGRATIONS = "emergence.chat.migrations"
ADMINISTRATOR = Role.ADMIN.value


async def _parts(request: Request) -> Chat:
    chat: Chat = request.app.state.chat
    return chat


Parts = Annotated[Chat, Depends(_parts)]


async def _administrator(chat: Parts, identity: Annotated[Identity, Depends(require_role(ADMINISTRATOR))]) -> Identity:
    require_factors_of_administrator(chat.settings, identity.acr)
    return identity


Administrator = Annotated[Identity, Depends(_administrator)]

public = APIRouter(
    prefix="/api",
    dependencies=[Depends(no_changes_while_impersonating()), Depends(current_identity)],
    tags=["chat"],
)
internal = APIRouter(
    prefix="/api/chat/internal", dependencies=[Depends(calling_service("chat"))], include_in_schema=False
)


@public.get("/agents")
async def read_agents() -> Agents:
    """Return everybody to talk with."""
    return _agents()


@public.get("/models")
async def read_models(chat: Parts, identity: Annotated[Identity, Depends(current_identity)]) -> Models:
    """Return which providers of models can answer, and what the others lack."""
    is_administrator = identity.role == ADMINISTRATOR and has_factors_of_administrator(chat.settings, identity.acr)
    return await list_models(chat, with_addresses=is_administrator)


@public.put("/models/{provider}")
async def put_provider(
    provider: RemoteProvider, change: ConfigureProvider, chat: Parts, administrator: Administrator
) -> ProviderState:
    """Try a key or an address at the provider and keep it when it works."""
    return await configure_provider(chat, provider, change, by=administrator.user_id)


@public.delete("/models/{provider}")
async def delete_provider(provider: RemoteProvider, chat: Parts, _: Administrator) -> ProviderState:
    """Forget a key or an address that was typed in."""
    return await forget_provider(chat, provider)


@internal.get("/agents")
async def read_agents_for_neighbours() -> Agents:
    """Return everybody to talk with, to another service."""
    return _agents()


@internal.post("/reply")
async def stream_reply(request: ReplyRequest, chat: Parts) -> Response:
    """Stream one reply as newline-delimited JSON."""
    agent_named(request.agent)  # an unknown one is refused before the stream begins
    return NdjsonResponse(reply(chat, request))


@internal.post("/consolidations/estimate", dependencies=[Depends(require_service("chat", CONSOLIDATOR))])
async def estimate_a_consolidation(asked: ToConsolidate, chat: Parts) -> ConsolidationEstimate:
    """Return what it would cost at most to have a model read a thread; nothing is called."""
    return await estimate_consolidation(chat, asked)


@internal.post("/consolidations", dependencies=[Depends(require_service("chat", CONSOLIDATOR))])
async def consolidate_thread(asked: Consolidate, chat: Parts) -> Consolidated:
    """Have a model read what a person said in a thread."""
    return await consolidate(chat, asked)


@internal.post("/people/{user_id}/export", dependencies=[Depends(require_service("chat", EXPORTER))])
async def export_person(user_id: UUID, chat: Parts) -> Response:
    """Stream what chat holds of a person as newline-delimited JSON."""
    return NdjsonResponse(pieces_of(rows_about(chat.database, PERSONAL_TABLES, user_id)))


def _agents() -> Agents:
    return Agents(agents=[agent.public() for agent in shipped_agents().values()])


def build_app(surroundings: Surroundings) -> FastAPI:
    """Build the service. Raises SettingsInvalid."""
    settings = ChatSettings.read(surroundings.environ)
    database = Database(service_database_url(settings, "chat"), "chat", pool_size=settings.database_pool_size)
    seal = Seal(settings.chat_key_secret, SEAL_LABEL) if settings.chat_key_secret else None
    providers = Providers(settings, database, surroundings.clock, LocalModel(), seal)
    chat = Chat(settings, database, surroundings.clock, providers, seal, MemoryClient(surroundings.peers))
    revocations = Revocations(surroundings.clock)
    reader = RevocationReader(AuthClient(surroundings.peers), revocations, surroundings.clock, "chat")
    erasing = Erasing(database, PERSONAL_TABLES, surroundings.clock)
    life = ServiceLife(database, MIGRATIONS, surroundings.clock)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        bus = bus_from_settings(settings)
        relay = Relay(database, bus, surroundings.clock)
        subscriber = Subscriber(
            database,
            bus,
            subscriber="chat",
            handlers={UserDeleted: OnEvents(erasing).on_user_deleted},
            clock=surroundings.clock,
        )
        take_pushed_events(app, settings, bus, subscriber)
        async with life.running([relay.run, subscriber.run, reader.run, erasing.run]):
            try:
                yield
            finally:
                await chat.background.close()
                await providers.close()
                await bus.close()

    app = service_app(
        ServiceAppPlan(
            name="chat",
            title="Emergence chat",
            settings=settings,
            life=life,
            lifespan=lifespan,
        )
    )
    app.state.chat = chat
    app.state.verifier = access_token_verifier(
        surroundings.peers, surroundings.clock, revocations, settings.shared_key()
    )
    app.state.knows_services = (
        issued_service_tokens(surroundings.peers, surroundings.clock, revocations),
        *settings.known_by_platform(surroundings.clock),
    )
    app.include_router(public)
    app.include_router(internal)
    return app

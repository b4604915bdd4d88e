"""The session service: threads and messages over REST, the live protocol over `/ws` and `/api/sessions`. Start here."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.routing import WebSocketRoute

from emergence.contracts.auth.client import AuthClient, access_token_verifier, issued_service_tokens
from emergence.contracts.auth.events import AccountShut, LoginSessionRevoked, UserDeleted
from emergence.contracts.auth.revocation_reader import RevocationReader
from emergence.contracts.chat import ChatClient
from emergence.kernel.command_pace import CommandPace
from emergence.kernel.events.broadcast.from_settings import broadcast_from_settings
from emergence.kernel.events.bus.from_settings import bus_from_settings, take_pushed_events
from emergence.kernel.events.erasing import Erasing
from emergence.kernel.events.relay import Relay
from emergence.kernel.events.subscriber import Subscriber
from emergence.kernel.revocations import Revocations
from emergence.kernel.service_app import Lifespan, ServiceAppPlan, service_app
from emergence.kernel.service_life import Loop, ServiceLife
from emergence.kernel.storage.database import Database
from emergence.kernel.surroundings import Surroundings, service_database_url
from emergence.session import routes, said_routes
from emergence.session.agent_directory import AgentDirectory
from emergence.session.drain import drain
from emergence.session.events import routes as events
from emergence.session.exports import routes as export_routes
from emergence.session.exports.pdf_turn import PdfTurn
from emergence.session.imports import routes as import_routes
from emergence.session.imports.running_imports import RunningImports
from emergence.session.inactivity.activity import Activity
from emergence.session.inactivity.watch_inactivity import watch_inactivity
from emergence.session.instances.catch_up import keep_catching_up
from emergence.session.instances.heed_others import HeedOthers
from emergence.session.instances.shared_bus import SharedBus
from emergence.session.on_events import OnEvents
from emergence.session.parts import Session
from emergence.session.presence.changes import PresenceChanges
from emergence.session.presence.tell_presence import keep_telling_presence
from emergence.session.runs.executing_run import ExecutingRuns
from emergence.session.runs.flusher import Flusher
from emergence.session.runs.keep_leases import keep_leases
from emergence.session.runs.recover_runs import keep_recovering
from emergence.session.settings import SessionSettings
from emergence.session.shares import routes as share_routes
from emergence.session.socket.close_revoked import closing_revoked
from emergence.session.socket.open_socket import open_socket
from emergence.session.socket.open_sockets import OpenSockets
from emergence.session.socket.sweep_sockets import keep_sweeping
from emergence.session.store.log import append_run_frames
from emergence.session.store.personal_data import PERSONAL_TABLES
from emergence.session.sweep_storage import keep_storage_small
from emergence.session.tell_typing import hear_typing
from emergence.session.threads import folder_routes
from emergence.session.threads import routes as thread_routes
from emergence.session.threads.erase_threads import keep_erasing
from emergence.session.threads.fill_search import keep_filling
from emergence.session.user_order import UserOrder

MIGRATIONS = "emergence.session.migrations"


def build_app(surroundings: Surroundings) -> FastAPI:
    """Build the service. Raises SettingsInvalid."""
    session = build_parts(surroundings)
    life = ServiceLife(session.database, MIGRATIONS, session.clock)
    app = service_app(
        ServiceAppPlan(
            name="session",
            title="Emergence session",
            settings=session.settings,
            life=life,
            lifespan=_lifespan(session, life, surroundings),
            larger_bodies={import_routes.PATH: session.settings.import_max_bytes()},
        )
    )
    app.state.session = session
    app.state.verifier = access_token_verifier(
        surroundings.peers, session.clock, session.revocations, session.settings.shared_key()
    )
    app.state.knows_services = (
        issued_service_tokens(surroundings.peers, session.clock, session.revocations),
        *session.settings.known_by_platform(session.clock),
    )
    session.revocations.watch(closing_revoked(session.sockets))
    for router in (folder_routes.router, export_routes.router, import_routes.router, share_routes.router):
        app.include_router(router)
    for router in (thread_routes.router, routes.router, events.router, share_routes.public):
        app.include_router(router)
    app.include_router(routes.document)
    app.include_router(routes.internal)
    app.include_router(said_routes.router)
    for path in ("/ws", "/ws/{session_id}"):
        app.router.routes.append(WebSocketRoute(path, open_socket))
    return app


def build_parts(surroundings: Surroundings) -> Session:
    """Return the slice's parts. Raises SettingsInvalid."""
    settings = SessionSettings.read(surroundings.environ)
    clock = surroundings.clock
    database = Database(service_database_url(settings, "session"), "session", pool_size=settings.database_pool_size)
    bus = SharedBus(broadcast_from_settings(settings, "session"), surroundings.instance, clock)
    chat = ChatClient(surroundings.peers)
    return Session(
        settings=settings,
        instance=surroundings.instance,
        database=database,
        clock=clock,
        revocations=Revocations(clock),
        erasing=Erasing(database, PERSONAL_TABLES, clock),
        bus=bus,
        order=UserOrder(),
        auth=AuthClient(surroundings.peers),
        chat=chat,
        agents=AgentDirectory(chat, clock),
        flusher=Flusher(
            partial(append_run_frames, database, surroundings.instance),
            bus.publish,
            clock,
            interval=settings.session_flush_interval_seconds,
            outage_limit=settings.session_outage_limit_seconds,
        ),
        runs=ExecutingRuns(),
        sockets=OpenSockets(),
        pace=CommandPace(clock, settings.session_commands_per_minute),
        reads=CommandPace(clock, settings.session_shared_reads_per_minute),
        activity=Activity(),
        presence=PresenceChanges(),
        imports=RunningImports(),
        pdf_turn=PdfTurn(),
    )


def _lifespan(session: Session, life: ServiceLife, surroundings: Surroundings) -> Lifespan:
    events = bus_from_settings(session.settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        relay = Relay(session.database, events, session.clock)
        on_events = OnEvents(session)
        subscriber = Subscriber(
            session.database,
            events,
            subscriber="session",
            handlers={
                LoginSessionRevoked: on_events.on_login_session_revoked,
                AccountShut: on_events.on_account_shut,
                UserDeleted: on_events.on_user_deleted,
            },
            clock=session.clock,
        )
        take_pushed_events(app, session.settings, events, subscriber)
        reader = RevocationReader(session.auth, session.revocations, session.clock, "session")
        kernel_loops = [relay.run, subscriber.run, reader.run, session.erasing.run]
        heed = HeedOthers(session)
        session.bus.watch(
            on_frame=heed.on_frame,
            on_halt=heed.on_halt,
            on_moved=session.presence.elsewhere,
            on_typing=partial(hear_typing, session),
        )
        loops = [session.flusher.run, session.bus.run, heed.run, *kernel_loops, *_loops(session)]
        try:
            async with life.running(loops), asyncio.TaskGroup() as tasks:
                session.runs.tasks = tasks
                try:
                    yield
                finally:
                    await drain(session, surroundings.drain_time)
        finally:
            await session.bus.close()
            await events.close()

    return lifespan


def _loops(session: Session) -> Sequence[Loop]:
    async def leases() -> None:
        await keep_leases(session)

    async def recovery() -> None:
        await keep_recovering(session)

    async def sockets() -> None:
        await keep_sweeping(session)

    async def storage() -> None:
        await keep_storage_small(session)

    async def inactivity() -> None:
        await watch_inactivity(session)

    async def catching_up() -> None:
        await keep_catching_up(session)

    async def erasure() -> None:
        await keep_erasing(session)

    async def search() -> None:
        await keep_filling(session)

    async def presence() -> None:
        await keep_telling_presence(session)

    return leases, recovery, sockets, storage, inactivity, catching_up, erasure, search, presence

"""The auth service: accounts, login sessions, tokens and tickets. Start here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from emergence.auth import routes
from emergence.auth.parts import Auth
from emergence.auth.passwords import Passwords
from emergence.auth.refresh_tokens import KEY_LABEL as REFRESH_KEY_LABEL
from emergence.auth.refresh_tokens import RefreshTokens
from emergence.auth.settings import AuthSettings
from emergence.auth.setup_code import KEY_LABEL as SETUP_CODE_KEY_LABEL
from emergence.auth.signing_keys import SEAL_LABEL, SigningKeys
from emergence.auth.start import Start
from emergence.auth.sweep import sweep_forever
from emergence.contracts.auth import ACCESS_TOKEN_AUDIENCE, ISSUER
from emergence.kernel.clock import Clock
from emergence.kernel.events.bus.from_settings import bus_from_settings
from emergence.kernel.events.keep_running import keep_running
from emergence.kernel.events.relay import Relay
from emergence.kernel.health import Dependency
from emergence.kernel.identity import AccessTokenVerifier
from emergence.kernel.sealing import Seal, derived_key
from emergence.kernel.service_app import Lifespan, ServiceAppPlan, service_app
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.migrate import MigrationRefused
from emergence.kernel.surroundings import Surroundings, service_database_url

log = structlog.get_logger(__name__)

PEPPER_LABEL = "pepper/v1"
START_DEADLINE_S = 30.0


def build_app(surroundings: Surroundings) -> FastAPI:
    """Build the service. Raises SettingsInvalid."""
    settings = AuthSettings.read(surroundings.environ)
    auth = build_parts(settings, surroundings.clock)
    start = Start(auth)
    app = service_app(
        ServiceAppPlan(
            name="auth",
            title="Emergence auth",
            settings=settings,
            dependencies=[Dependency("postgresql", auth.database.is_reachable), Dependency("schema", start.check)],
            lifespan=_lifespan(auth, start),
        )
    )
    app.state.auth = auth
    app.state.auth_start = start
    app.state.verifier = AccessTokenVerifier(
        auth.keys.published, issuer=ISSUER, audience=ACCESS_TOKEN_AUDIENCE, clock=surroundings.clock
    )
    for router in (routes.public, routes.well_known, routes.internal, routes.optional_routes(settings)):
        app.include_router(router)
    return app


def build_parts(settings: AuthSettings, clock: Clock) -> Auth:
    """Return the slice's parts. Each purpose has its own key, derived from the one secret. Raises SettingsInvalid."""
    secret = settings.auth_jwt_secret
    database = Database(service_database_url(settings, "auth"), "auth", pool_size=settings.database_pool_size)
    return Auth(
        settings=settings,
        database=database,
        clock=clock,
        passwords=Passwords(derived_key(secret, PEPPER_LABEL)),
        keys=SigningKeys(database, Seal(secret, SEAL_LABEL), clock),
        refresh_tokens=RefreshTokens(derived_key(secret, REFRESH_KEY_LABEL)),
        setup_code_key=derived_key(secret, SETUP_CODE_KEY_LABEL),
    )


def _lifespan(auth: Auth, start: Start) -> Lifespan:
    bus = bus_from_settings(auth.settings)
    relay = Relay(auth.database, bus, auth.clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        starting = asyncio.create_task(start.bring_up())
        try:
            await _started(auth, starting)
            async with asyncio.TaskGroup() as tasks:
                working = tasks.create_task(_work(auth, starting, relay))
                try:
                    yield
                finally:
                    working.cancel()
        finally:
            starting.cancel()
            auth.passwords.close()
            await bus.close()
            await auth.database.close()

    return lifespan


async def _started(auth: Auth, starting: asyncio.Task[None]) -> None:
    """Let the first request find the service up, unless the database is away: then it starts all the same.

    Raises MigrationRefused, SettingsInvalid: they end the start with their reason.
    """
    if await auth.database.is_reachable():
        await asyncio.wait({starting}, timeout=START_DEADLINE_S)
    if starting.done():
        starting.result()


async def _work(auth: Auth, starting: asyncio.Task[None], relay: Relay) -> None:
    try:
        await starting
    except (MigrationRefused, SettingsInvalid) as refused:
        log.critical("start_failed", reason=str(refused))  # stays not ready: nothing mends this but a restart
        return
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(relay.run())
        tasks.create_task(keep_running("auth:sweep", lambda: sweep_forever(auth)))

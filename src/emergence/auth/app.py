"""The auth service: accounts, login sessions, tokens and tickets. Start here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from emergence.auth import routes
from emergence.auth.account_routes import account
from emergence.auth.admin_routes import admin
from emergence.auth.audit import KEY_LABEL as AUDIT_KEY_LABEL
from emergence.auth.known_addresses import KEY_LABEL as KNOWN_ADDRESS_KEY_LABEL
from emergence.auth.oidc import routes as oidc_routes
from emergence.auth.oidc.providers import Providers
from emergence.auth.parts import Auth
from emergence.auth.passwords import Passwords
from emergence.auth.prepare import prepare
from emergence.auth.refresh_tokens import KEY_LABEL as REFRESH_KEY_LABEL
from emergence.auth.refresh_tokens import RefreshTokens
from emergence.auth.settings import AuthSettings
from emergence.auth.setup_code import KEY_LABEL as SETUP_CODE_KEY_LABEL
from emergence.auth.signing_keys import SEAL_LABEL, SigningKeys
from emergence.auth.sweep import sweep_forever
from emergence.contracts.auth.values import ACCESS_TOKEN_AUDIENCE, ISSUER
from emergence.kernel.clock import Clock
from emergence.kernel.events.bus.from_settings import bus_from_settings
from emergence.kernel.events.relay import Relay
from emergence.kernel.identity import AccessTokenVerifier
from emergence.kernel.sealing import Seal, derived_key
from emergence.kernel.service_app import Lifespan, ServiceAppPlan, service_app
from emergence.kernel.service_life import ServiceLife
from emergence.kernel.storage.database import Database
from emergence.kernel.surroundings import Surroundings, service_database_url

PEPPER_LABEL = "pepper/v1"
MIGRATIONS = "emergence.auth.migrations"


def build_app(surroundings: Surroundings) -> FastAPI:
    """Build the service. Raises SettingsInvalid."""
    settings = AuthSettings.read(surroundings.environ)
    auth = build_parts(settings, surroundings.clock)
    life = ServiceLife(auth.database, MIGRATIONS, surroundings.clock, partial(prepare, auth))
    app = service_app(
        ServiceAppPlan(
            name="auth",
            title="Emergence auth",
            settings=settings,
            life=life,
            lifespan=_lifespan(auth, life),
        )
    )
    app.state.auth = auth
    app.state.verifier = AccessTokenVerifier(
        auth.keys.published, issuer=ISSUER, audience=ACCESS_TOKEN_AUDIENCE, clock=surroundings.clock
    )
    of_people = (routes.public, oidc_routes.public, account, oidc_routes.account, admin)
    for router in (*of_people, routes.well_known, routes.internal, routes.optional_routes(settings)):
        app.include_router(router)
    return app


def build_parts(settings: AuthSettings, clock: Clock) -> Auth:
    """Return the slice's parts. Each purpose has its own key, derived from the one secret. Raises SettingsInvalid."""
    secret = settings.auth_jwt_secret
    seal = Seal(secret, SEAL_LABEL)
    database = Database(service_database_url(settings, "auth"), "auth", pool_size=settings.database_pool_size)
    return Auth(
        settings=settings,
        database=database,
        clock=clock,
        passwords=Passwords(derived_key(secret, PEPPER_LABEL)),
        keys=SigningKeys(database, seal, clock),
        refresh_tokens=RefreshTokens(derived_key(secret, REFRESH_KEY_LABEL)),
        setup_code_key=derived_key(secret, SETUP_CODE_KEY_LABEL),
        known_address_key=derived_key(secret, KNOWN_ADDRESS_KEY_LABEL),
        audit_key=derived_key(secret, AUDIT_KEY_LABEL),
        seal=seal,
        providers=Providers(settings, clock),
    )


def _lifespan(auth: Auth, life: ServiceLife) -> Lifespan:
    bus = bus_from_settings(auth.settings)
    relay = Relay(auth.database, bus, auth.clock)

    async def sweep() -> None:
        await sweep_forever(auth)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            async with life.running([relay.run, sweep]):
                yield
        finally:
            auth.passwords.close()
            await auth.providers.close()
            await bus.close()

    return lifespan

"""The auth service: accounts, login sessions, tokens and tickets. Start here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from emergence.auth import mail_routes, personal_routes, routes, service_routes
from emergence.auth.account_routes import account
from emergence.auth.admin_routes import admin
from emergence.auth.audit import KEY_LABEL as AUDIT_KEY_LABEL
from emergence.auth.export.collect_exports import collect_exports_forever
from emergence.auth.joining import routes as joining_routes
from emergence.auth.known_addresses import KEY_LABEL as KNOWN_ADDRESS_KEY_LABEL
from emergence.auth.mail.posting import Posting
from emergence.auth.oidc import routes as oidc_routes
from emergence.auth.oidc.providers import Providers
from emergence.auth.on_events import OnEvents
from emergence.auth.parts import Auth
from emergence.auth.passkeys.routes import passkeys
from emergence.auth.password_checks import PasswordChecks
from emergence.auth.passwords import Passwords
from emergence.auth.prepare import prepare
from emergence.auth.prove_work import KEY_LABEL as WORK_KEY_LABEL
from emergence.auth.refresh_tokens import KEY_LABEL as REFRESH_KEY_LABEL
from emergence.auth.refresh_tokens import RefreshTokens
from emergence.auth.request_parts import NO_CHANGES_WHILE_IMPERSONATING
from emergence.auth.revocation_feed import RevocationFeed
from emergence.auth.settings import AuthSettings
from emergence.auth.setup_code import KEY_LABEL as SETUP_CODE_KEY_LABEL
from emergence.auth.signing_keys import SEAL_LABEL, KeyPlan, SigningKeys
from emergence.auth.sweep import sweep_forever
from emergence.contracts.auth.values import ACCESS_TOKEN_AUDIENCE, ISSUER
from emergence.contracts.session.events import LiveSessionExpired
from emergence.kernel.clock import Clock
from emergence.kernel.events.bus.from_settings import bus_from_settings, take_pushed_events
from emergence.kernel.events.relay import Relay
from emergence.kernel.events.subscriber import Subscriber
from emergence.kernel.identity import AccessTokenVerifier, Identity, Watching
from emergence.kernel.issued_service_tokens import IssuedServiceTokens
from emergence.kernel.revocations import Revocations
from emergence.kernel.sealing import Seal, derived_key
from emergence.kernel.service_app import Lifespan, ServiceAppPlan, service_app
from emergence.kernel.service_life import ServiceLife
from emergence.kernel.shared_secret import shared_secret_key
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.kept_key import KeptKey
from emergence.kernel.surroundings import Surroundings, service_database_url
from emergence.kernel.wire.peers import Peers

PEPPER_LABEL = "pepper/v1"
EXPORT_SEAL_LABEL = "export/v1"
MIGRATIONS = "emergence.auth.migrations"


def build_app(surroundings: Surroundings) -> FastAPI:
    """Build the service. Raises SettingsInvalid."""
    settings = AuthSettings.read(surroundings.environ)
    revocations = Revocations(surroundings.clock)
    auth = build_parts(settings, surroundings.clock, surroundings.peers, revocations)
    posting = Posting(auth)
    life = ServiceLife(auth.database, MIGRATIONS, surroundings.clock, partial(prepare, auth))
    app = service_app(
        ServiceAppPlan(
            name="auth",
            title="Emergence auth",
            settings=settings,
            life=life,
            dependencies=posting.dependencies(),
            lifespan=_lifespan(auth, life, posting),
        )
    )
    app.state.auth = auth
    app.state.verifier = AccessTokenVerifier(
        auth.keys.published,
        issuer=ISSUER,
        audience=ACCESS_TOKEN_AUDIENCE,
        clock=surroundings.clock,
        watching=Watching(revocations, _looked_up_by_its_route),
        shared_key=shared_secret_key(settings.auth_jwt_secret) if settings.signs_with_secret() else None,
    )
    app.state.knows_services = (
        IssuedServiceTokens(auth.keys.published, issuer=ISSUER, clock=surroundings.clock, revocations=revocations),
        *settings.known_by_platform(surroundings.clock),
    )
    for router in (
        routes.public,
        oidc_routes.public,
        account,
        oidc_routes.account,
        passkeys,
        mail_routes.public,
        joining_routes.public,
        joining_routes.admin,
        personal_routes.personal,
        admin,
        personal_routes.admin,
        service_routes.well_known,
        routes.optional_routes(settings),
    ):
        app.include_router(router, dependencies=[NO_CHANGES_WHILE_IMPERSONATING])
    app.include_router(service_routes.tokens)
    app.include_router(service_routes.internal)
    return app


async def _looked_up_by_its_route(_: Identity) -> bool:
    """Confirm nothing more: every route of auth reads the login session from the database."""
    return True


def build_parts(settings: AuthSettings, clock: Clock, peers: Peers, revocations: Revocations) -> Auth:
    """Return the slice's parts. Each purpose has its own key, derived from the one secret. Raises SettingsInvalid."""
    secret, previous = settings.auth_jwt_secret, settings.auth_jwt_secret_previous
    seal = Seal(secret, SEAL_LABEL, previous)
    database = Database(service_database_url(settings, "auth"), "auth", pool_size=settings.database_pool_size)
    plan = KeyPlan(settings.published_algorithm(), timedelta(days=settings.auth_key_period_days))
    shared = shared_secret_key(secret) if settings.signs_with_secret() else None
    keys = SigningKeys(database, seal, clock, plan, shared)

    def former(label: str) -> bytes | None:
        return derived_key(previous, label) if previous is not None else None

    return Auth(
        settings=settings,
        database=database,
        clock=clock,
        passwords=Passwords(derived_key(secret, PEPPER_LABEL), former_pepper=former(PEPPER_LABEL)),
        keys=keys,
        refresh_tokens=RefreshTokens(derived_key(secret, REFRESH_KEY_LABEL), former(REFRESH_KEY_LABEL)),
        setup_code_key=derived_key(secret, SETUP_CODE_KEY_LABEL),
        known_address_keys=tuple(
            derived_key(each, KNOWN_ADDRESS_KEY_LABEL) for each in (secret, previous) if each is not None
        ),
        # Where none was kept yet, the secret before is the one that this key has been made from so far.
        kept_audit_key=KeptKey(AUDIT_KEY_LABEL, derived_key(previous or secret, AUDIT_KEY_LABEL)),
        work_key=derived_key(secret, WORK_KEY_LABEL),
        checks=PasswordChecks(settings.auth_breached_passwords_file),
        seal=seal,
        feed=RevocationFeed(database, clock, keys, revocations),
        export_seal=Seal(secret, EXPORT_SEAL_LABEL, previous),
        peers=peers,
        providers=Providers(settings, clock),
    )


def _lifespan(auth: Auth, life: ServiceLife, posting: Posting) -> Lifespan:
    bus = bus_from_settings(auth.settings)
    relay = Relay(auth.database, bus, auth.clock)
    subscriber = Subscriber(
        auth.database,
        bus,
        subscriber="auth",
        handlers={LiveSessionExpired: OnEvents(auth).on_live_session_expired},
        clock=auth.clock,
    )

    async def sweep() -> None:
        await sweep_forever(auth)

    async def collect_exports() -> None:
        await collect_exports_forever(auth)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        take_pushed_events(app, auth.settings, bus, subscriber)
        try:
            loops = [
                relay.run,
                subscriber.run,
                sweep,
                auth.feed.listen,
                auth.feed.poll,
                collect_exports,
                *posting.loops(),
            ]
            async with life.running(loops):
                yield
        finally:
            auth.passwords.close()
            auth.checks.close()
            await auth.providers.close()
            await bus.close()

    return lifespan

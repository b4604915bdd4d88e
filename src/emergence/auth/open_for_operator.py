"""The parts of auth for one command of an operator, beside a service that runs or not."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from emergence.auth.app import MIGRATIONS, build_parts
from emergence.auth.parts import Auth
from emergence.auth.prepare import prepare
from emergence.auth.settings import AuthSettings
from emergence.kernel.clock import SystemClock
from emergence.kernel.revocations import Revocations
from emergence.kernel.storage.migrate import apply_migrations
from emergence.kernel.wire.peers import Peers


@asynccontextmanager
async def auth_for_operator(environ: Mapping[str, str]) -> AsyncIterator[Auth]:
    """Yield the parts over a database that has this version's schema.

    Raises SettingsInvalid, also where AUTH_JWT_SECRET is not the deployment's; DatabaseUnavailable, MigrationRefused.
    """
    clock = SystemClock()
    auth = build_parts(AuthSettings.read(environ), clock, Peers(), Revocations(clock))
    try:
        await apply_migrations(auth.database, MIGRATIONS)
        await prepare(auth)
        yield auth
    finally:
        auth.passwords.close()
        auth.checks.close()
        await auth.providers.close()
        await auth.database.close()

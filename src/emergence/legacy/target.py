"""The databases of this deployment that conversations, people and costs are brought into."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from emergence.auth.app import MIGRATIONS as OF_AUTH
from emergence.auth.app import build_parts
from emergence.auth.parts import Auth
from emergence.auth.prepare import prepare
from emergence.auth.settings import AuthSettings
from emergence.kernel.clock import SystemClock
from emergence.kernel.revocations import Revocations
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.migrate import MigrationRefused, apply_migrations, pending_migrations
from emergence.kernel.surroundings import service_database_url
from emergence.kernel.wire.peers import Peers
from emergence.session.settings import SessionSettings

POOL = 2
NOT_THIS_VERSION = (
    "a dry run writes nothing, and the database is not at this version's schema ({schema}: {first}). "
    "Start this version once, or run `emergence migrate`."
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where everything goes; without `writes` it is only looked at. `retention_days` is None without a limit."""

    auth: Auth
    session: Database
    chat: Database
    retention_days: int | None
    writes: bool


@asynccontextmanager
async def opened_target(environ: Mapping[str, str], *, writes: bool) -> AsyncIterator[Target]:
    """Yield the target at this version's schema. Raises SettingsInvalid, DatabaseUnavailable, MigrationRefused."""
    from emergence.chat.settings import ChatSettings

    session_settings = SessionSettings.read(environ)
    clock = SystemClock()
    auth = build_parts(AuthSettings.read(environ), clock, Peers(), Revocations(clock))
    session = Database(service_database_url(session_settings, "session"), "session", pool_size=POOL)
    chat = Database(service_database_url(ChatSettings.read(environ), "chat"), "chat", pool_size=POOL)
    try:
        for database in (auth.database, session, chat):
            await _bring_up_to_date(database, writes=writes)
        if writes:
            await prepare(auth)
        else:
            await auth.kept_audit_key.peek(auth.database, auth.seal)
        yield Target(auth, session, chat, session_settings.retention_days(), writes)
    finally:
        auth.passwords.close()
        auth.checks.close()
        await auth.providers.close()
        for database in (auth.database, session, chat):
            await database.close()


async def _bring_up_to_date(database: Database, *, writes: bool) -> None:
    package = OF_AUTH if database.schema == "auth" else f"emergence.{database.schema}.migrations"
    if writes:
        await apply_migrations(database, package)
    elif pending := await pending_migrations(database, package):
        raise MigrationRefused(NOT_THIS_VERSION.format(schema=database.schema, first=pending[0]))

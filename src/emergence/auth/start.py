"""Bring the service up: schema, signing key, set-up code; waits for PostgreSQL as long as it takes."""

from datetime import timedelta

import structlog

from emergence.auth.parts import Auth
from emergence.auth.setup_code import setup_code
from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.kernel.storage.migrate import migrate_when_reachable

log = structlog.get_logger(__name__)

MIGRATIONS = "emergence.auth.migrations"
RETRY_PAUSE = timedelta(seconds=1)


class Start:
    """Whether the service can answer yet."""

    def __init__(self, auth: Auth) -> None:
        self._auth = auth
        self.is_up = False

    async def bring_up(self) -> None:
        """Prepare everything that requests need. Raises MigrationRefused, SettingsInvalid."""
        while not self.is_up:
            await migrate_when_reachable(self._auth.database, MIGRATIONS, self._auth.clock)
            try:
                await self._auth.keys.active()
                await self._announce_setup_code()
                self.is_up = True
            except DatabaseUnavailable:
                await self._auth.clock.sleep(RETRY_PAUSE)

    async def check(self) -> bool:
        """Return whether it is up, for /api/ready."""
        return self.is_up

    async def _announce_setup_code(self) -> None:
        code = await setup_code(self._auth)
        if code is not None and self._auth.settings.emergence_env != "local":  # `emergence up` prints it itself
            log.warning("administrator_missing", setup_code=code)

"""What must stand before the first request: a signing key, and the set-up code told to whoever started us."""

import structlog

from emergence.auth.parts import Auth
from emergence.auth.setup_code import setup_code

log = structlog.get_logger(__name__)


async def prepare(auth: Auth) -> None:
    """Make the signing key where there is none, and log the set-up code where one is needed. Idempotent.

    Raises SettingsInvalid when AUTH_JWT_SECRET is not the one that sealed the keys.
    """
    await auth.keys.active()
    code = await setup_code(auth)
    if code is not None and auth.settings.emergence_env != "local":  # `emergence up` prints it itself
        log.warning("administrator_missing", setup_code=code)

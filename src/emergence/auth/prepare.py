"""What must stand before the first request: the keys, and the set-up code told to whoever started us."""

import structlog

from emergence.auth.breached_list import NoBreachedList
from emergence.auth.parts import Auth
from emergence.auth.reseal import reseal_keys
from emergence.auth.setup_code import setup_code
from emergence.auth.signing_keys import SECRET_UNKNOWN
from emergence.kernel.sealing import SealBroken
from emergence.kernel.settings import SettingsInvalid

log = structlog.get_logger(__name__)


async def prepare(auth: Auth) -> None:
    """Make the signing key where there is none, and log the set-up code where one is needed. Idempotent.

    Raises SettingsInvalid when AUTH_JWT_SECRET is not the one that sealed the keys, and when
    AUTH_BREACHED_PASSWORDS_FILE names no list.
    """
    await auth.keys.active()
    await _open_kept_keys(auth)
    await auth.feed.read()
    if auth.settings.auth_breached_passwords_file is not None:
        try:
            await auth.checks.load()
        except NoBreachedList as reason:
            raise SettingsInvalid(f"AUTH_BREACHED_PASSWORDS_FILE: {reason}") from reason
    code = await setup_code(auth)
    if code is not None and auth.settings.emergence_env != "local":  # `emergence up` prints it itself
        log.warning("administrator_missing", setup_code=code)


async def _open_kept_keys(auth: Auth) -> None:
    try:
        await auth.kept_audit_key.open(auth.database, auth.seal)
        if auth.settings.auth_jwt_secret_previous is not None:
            await reseal_keys(auth)
    except SealBroken as broken:
        raise SettingsInvalid(SECRET_UNKNOWN) from broken

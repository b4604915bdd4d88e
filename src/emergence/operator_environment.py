"""Where an operator's command finds the deployment: in its environment, or in the data folder of `emergence up`."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.surroundings import first_database_url
from emergence.local_install import LocalInstall
from emergence.program_name import program_name
from emergence.up_environment import with_local_defaults

NO_DEPLOYMENT = (
    "there is no server in {folder}, and no DATABASE_URL. Run this where the server runs, with its settings: "
    "DATABASE_URL and AUTH_JWT_SECRET, or the EMERGENCE_DATA_DIR of `{program} up`."
)
NO_SETTINGS = "DATABASE_URL (or AUTH_DATABASE_URL) and AUTH_JWT_SECRET: are required"
ANOTHERS = "the server in {folder} was started by another account; only that account may do this."


@asynccontextmanager
async def operator_environment(given: Mapping[str, str]) -> AsyncIterator[dict[str, str]]:
    """Yield the variables of auth for a deployment that runs or not.

    A database that is named is used with the secret that is named, else with that of the data folder. Without
    one it is that of the `emergence up` of the data folder; where none runs, the folder's own PostgreSQL is
    started for as long as the block lasts, and the folder held meanwhile. Raises SettingsInvalid, EngineError.
    """
    address = first_database_url(given, "AUTH_DATABASE_URL", "DATABASE_URL")
    if address is not None and given.get("AUTH_JWT_SECRET", "").strip():
        yield _completed(dict(given))
        return
    try:
        install = LocalInstall.existing(given)
    except ModuleNotFoundError as without_engines:  # a service's own image: there is no data folder to look into
        raise SettingsInvalid(NO_SETTINGS) from without_engines
    if install.is_anothers():
        raise SettingsInvalid(ANOTHERS.format(folder=install.folder))
    kept = install.kept_secrets()
    if not kept:
        missing = "AUTH_JWT_SECRET: is required" if address is not None else _no_deployment(install)
        raise SettingsInvalid(missing)
    environ = _completed(kept | with_local_defaults(given))
    if address is not None:
        yield environ
        return
    async with AsyncExitStack() as started:
        database = await _database(install, started)
        yield environ | {"AUTH_DATABASE_URL": database, "DATABASE_URL": database}


async def _database(install: LocalInstall, started: AsyncExitStack) -> str:
    running = install.running()
    if running is not None and running.database_url is not None:
        return running.database_url
    from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres

    started.enter_context(install.held(port=0))
    return (await started.enter_async_context(EmbeddedPostgres(install.folder / "postgres"))).url


def _no_deployment(install: LocalInstall) -> str:
    return NO_DEPLOYMENT.format(folder=install.folder, program=program_name())


def _completed(environ: dict[str, str]) -> dict[str, str]:
    """Add what auth asks for when it serves and an operator's command makes no use of: it calls nobody, shows nothing.

    Whoever mails or has providers needs the true address, and gets it refused when it is missing.
    """
    needs_address = any(environ.get(name, "").strip() for name in ("SMTP_HOST", "AUTH_OIDC_PROVIDERS", "AUTH_RP_ID"))
    unused = {"EMERGENCE_SERVICE_SECRET": secrets.token_hex(32)}
    if not needs_address and not environ.get("AUTH_PUBLIC_URL", "").strip():
        unused["EMERGENCE_PUBLIC_URL"] = "http://localhost"
    return unused | {name: value for name, value in environ.items() if value.strip()}

"""A database and a user for each service in one PostgreSQL, none of which the others may enter; as on Google Cloud."""

import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

import asyncpg

from operate.database_user import owned_by


async def own_databases(url: str, wanted: Iterable[str]) -> dict[str, str]:
    """Return each secret's address, making what is missing; passwords are new each time and kept nowhere."""
    connection = await asyncpg.connect(url)
    try:
        return {secret: await _own(connection, url, owned_by(secret).name) for secret in wanted}
    finally:
        await connection.close()


async def _own(connection: "asyncpg.Connection[asyncpg.Record]", url: str, name: str) -> str:
    password = secrets.token_hex(32)  # as statements take no parameters here: letters and digits alone
    if not await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f"CREATE ROLE {name} LOGIN")
        await connection.execute(f"GRANT {name} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE")
    await connection.execute(f"ALTER ROLE {name} PASSWORD '{password}'")
    if not await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name):
        await connection.execute(f"CREATE DATABASE {name} OWNER {name}")
        await connection.execute(f"REVOKE CONNECT, TEMPORARY ON DATABASE {name} FROM PUBLIC")
    at = urlsplit(url)
    return at._replace(netloc=f"{name}:{password}@{at.hostname}:{at.port}", path=f"/{name}").geturl()

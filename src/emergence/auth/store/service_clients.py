"""Services on other machines that may ask for tokens, and the assertions that they used up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emergence.kernel.storage.database import Database, Transaction

_COLUMNS = "name, secret_hash, jwks, audiences, created_at, changed_at, last_used_at"


@dataclass(frozen=True, slots=True)
class ServiceClient:
    """One client; either `secret_hash` or `jwks` is set. `changed_at` tells one set of credentials from the next."""

    name: str
    secret_hash: bytes | None
    jwks: str | None
    audiences: tuple[str, ...]
    created_at: datetime
    changed_at: datetime
    last_used_at: datetime | None = None


def _client(row: Any) -> ServiceClient:
    members = dict(row)
    return ServiceClient(**members | {"audiences": tuple(row["audiences"])})


async def add(tx: Transaction, client: ServiceClient) -> bool:
    """Store a client; False when there is one of that name."""
    # The column of scopes stays as long as a version that reads it may run beside this one; nothing enforced them.
    row = await tx.fetchrow(
        """INSERT INTO service_clients (name, secret_hash, jwks, audiences, scopes, created_at, changed_at)
           VALUES ($1, $2, $3, $4, '{}', $5, $6) ON CONFLICT DO NOTHING RETURNING true""",
        client.name,
        client.secret_hash,
        client.jwks,
        list(client.audiences),
        client.created_at,
        client.changed_at,
    )
    return row is not None


async def find(database: Database, name: str) -> ServiceClient | None:
    """Return the client of that name."""
    row = await database.fetchrow(f"SELECT {_COLUMNS} FROM service_clients WHERE name = $1", name)  # noqa: S608
    return _client(row) if row else None


async def read_all(database: Database) -> list[ServiceClient]:
    """Return every client, by name."""
    rows = await database.fetch(f"SELECT {_COLUMNS} FROM service_clients ORDER BY name")  # noqa: S608
    return [_client(row) for row in rows]


async def use(tx: Transaction, client: ServiceClient, now: datetime) -> bool:
    """Note that a client uses its credentials; False when they were replaced or removed since they were read."""
    row = await tx.fetchrow(
        "UPDATE service_clients SET last_used_at = $3 WHERE name = $1 AND changed_at = $2 RETURNING true",
        client.name,
        client.changed_at,
        now,
    )
    return row is not None


async def replace_credentials(
    tx: Transaction, name: str, secret_hash: bytes | None, jwks: str | None, now: datetime
) -> bool:
    """Let other credentials count, from now on; False when there is no such client."""
    # A moment of its own for each set, also where two are made within one tick of the clock.
    row = await tx.fetchrow(
        """UPDATE service_clients SET secret_hash = $2, jwks = $3,
               changed_at = greatest($4, changed_at + interval '1 microsecond')
           WHERE name = $1 RETURNING true""",
        name,
        secret_hash,
        jwks,
        now,
    )
    return row is not None


async def remove(tx: Transaction, name: str) -> bool:
    """Delete a client; False when there is none of that name."""
    return await tx.fetchrow("DELETE FROM service_clients WHERE name = $1 RETURNING true", name) is not None


async def spend_assertion(tx: Transaction, hashed: bytes, ends_at: datetime) -> bool:
    """Use an assertion up; False when it was used before. One statement, so of several at once one wins."""
    row = await tx.fetchrow(
        "INSERT INTO jti_seen (hash, exp) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true", hashed, ends_at
    )
    return row is not None


async def forget_assertions(database: Database, ended_before: datetime) -> None:
    """Delete assertions that would be refused as expired anyway."""
    await database.execute("DELETE FROM jti_seen WHERE exp < $1", ended_before)

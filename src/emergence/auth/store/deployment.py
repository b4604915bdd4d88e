"""The one row that says who owns this deployment and whether it has an administrator."""

from dataclasses import dataclass
from uuid import UUID

from asyncpg import Record

from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Deployment:
    """`owner_id` is the machine's owner, who may exist before anybody claimed the deployment."""

    id: UUID
    owner_id: UUID | None
    is_claimed: bool


async def read_deployment(database: Database) -> Deployment:
    """Return the deployment."""
    return _deployment(await database.fetchrow("SELECT id, owner_id, claimed_at FROM deployment"))


async def lock_deployment(tx: Transaction) -> Deployment:
    """Return the deployment and make other claims wait until this transaction ends."""
    return _deployment(await tx.fetchrow("SELECT id, owner_id, claimed_at FROM deployment FOR UPDATE"))


async def set_owner(tx: Transaction, user_id: UUID, *, claims: bool) -> None:
    """Note who owns this deployment; `claims` closes the set-up for good."""
    await tx.execute(
        "UPDATE deployment SET owner_id = $1, claimed_at = CASE WHEN $2 THEN now() ELSE claimed_at END", user_id, claims
    )


def _deployment(row: Record | None) -> Deployment:
    if row is None:
        raise LookupError("the deployment row that the first migration inserts is missing")
    return Deployment(row["id"], row["owner_id"], row["claimed_at"] is not None)

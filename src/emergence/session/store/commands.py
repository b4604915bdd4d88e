"""Commands that were carried out, so that a repeated one gets the same answer and no second effect."""

from dataclasses import dataclass
from uuid import UUID

from emergence.contracts.session.frames import AckData
from emergence.kernel.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """An earlier command under the same id: what it said, as a digest, and what was answered."""

    digest: bytes
    result: AckData


async def record_command(tx: Transaction, user_id: UUID, digest: bytes, result: AckData) -> CarriedOut | None:
    """Note a command and its result; return the earlier command when the id was used before.

    A concurrent transaction with the same id is waited for.
    """
    added = await tx.fetchrow(
        """
        INSERT INTO commands (user_id, cid, digest, result) VALUES ($1, $2, $3, $4)
        ON CONFLICT (user_id, cid) DO NOTHING RETURNING cid
        """,
        user_id,
        result.cid,
        digest,
        result.model_dump_json(),
    )
    return None if added is not None else await earlier_command(tx, user_id, result.cid)


async def earlier_command(tx: Transaction, user_id: UUID, cid: UUID) -> CarriedOut | None:
    """Return what was carried out under an id, or None."""
    row = await tx.fetchrow("SELECT digest, result FROM commands WHERE user_id = $1 AND cid = $2", user_id, cid)
    return None if row is None else CarriedOut(row["digest"], AckData.model_validate_json(row["result"]))

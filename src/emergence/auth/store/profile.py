"""A person's own profile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.contracts.auth.values import Language
from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Profile:
    """What is shown to the person beside their account."""

    language: Language | None
    created_at: datetime


async def read_profile(database: Database, user_id: UUID) -> Profile:
    """Return the profile of an account that is known to exist."""
    row = await database.fetchrow("SELECT language, created_at FROM users WHERE id = $1", user_id)
    if row is None:
        raise LookupError("the account disappeared")
    return Profile(row["language"], row["created_at"])


@dataclass(frozen=True, slots=True)
class Change:
    """New values, and which of the two are meant."""

    display_name: str | None
    language: Language | None
    names: Sequence[str]


async def change_profile(tx: Transaction, user_id: UUID, change: Change) -> bool:
    """Store what is meant; return whether anything is other than before."""
    row = await tx.fetchrow(
        """UPDATE users SET display_name = CASE WHEN 'display_name' = ANY ($4::text[]) THEN $2 ELSE display_name END,
               language = CASE WHEN 'language' = ANY ($4::text[]) THEN $3 ELSE language END
           WHERE id = $1 AND (('display_name' = ANY ($4) AND display_name <> $2)
               OR ('language' = ANY ($4) AND language IS DISTINCT FROM $3)) RETURNING true""",
        user_id,
        change.display_name,
        change.language,
        list(change.names),
    )
    return row is not None

"""What people chose about their memory."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.contracts.memory.items import MemoryChoices
from emergence.kernel.storage.database import Transaction

UNCHOSEN = MemoryChoices(remembers=True, hints=True)


async def read_choices(tx: Transaction, user_id: UUID) -> MemoryChoices:
    """Return what this person chose, or what holds for those who chose nothing."""
    row = await tx.fetchrow("SELECT remembers, hints FROM choices WHERE user_id = $1", user_id)
    return UNCHOSEN if row is None else MemoryChoices(remembers=row["remembers"], hints=row["hints"])


async def write_choices(tx: Transaction, user_id: UUID, choices: MemoryChoices, at: datetime) -> None:
    """Keep what this person chose. Idempotent. Switched off, what is said from then on is never remembered."""
    await tx.execute(
        """
        INSERT INTO choices AS chosen (user_id, remembers, hints, unremembered)
        VALUES ($1, $2, $3, CASE WHEN $2 THEN '{}' ELSE tstzmultirange(tstzrange($4, NULL)) END)
        ON CONFLICT (user_id) DO UPDATE SET
            remembers = excluded.remembers, hints = excluded.hints,
            unremembered = CASE
                WHEN chosen.remembers = excluded.remembers THEN chosen.unremembered
                WHEN excluded.remembers THEN chosen.unremembered - tstzmultirange(tstzrange($4, NULL))
                ELSE chosen.unremembered + tstzmultirange(tstzrange($4, NULL))
            END
        """,
        user_id,
        choices.remembers,
        choices.hints,
        at,
    )


@dataclass(frozen=True, slots=True)
class Remembering:
    """Whether anything is kept of a person now, and of what times never."""

    remembers: bool
    unremembered: tuple[tuple[datetime, datetime | None], ...]

    def is_unremembered(self, said_at: datetime) -> bool:
        """Return whether something said then is not kept."""
        return any(start <= said_at and (end is None or said_at < end) for start, end in self.unremembered)


async def read_remembering(tx: Transaction, user_id: UUID) -> Remembering:
    """Return what may be kept of a person."""
    rows = await tx.fetch(
        """
        SELECT remembers, lower(span) AS start, upper(span) AS end
        FROM choices LEFT JOIN LATERAL unnest(unremembered) AS span ON true WHERE user_id = $1
        """,
        user_id,
    )
    spans = tuple((row["start"], row["end"]) for row in rows if row["start"] is not None)
    return Remembering(all(row["remembers"] for row in rows), spans)

"""What people chose about their memory."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.contracts.memory.items import MemoryChoices
from emergence.kernel.ids import made_at
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
class Unremembered:
    """The times of which nothing is kept of a person; an open end: memory is switched off."""

    spans: tuple[tuple[datetime, datetime | None], ...]

    @property
    def is_now(self) -> bool:
        """Whether the last of them goes on."""
        return any(end is None for _, end in self.spans)

    def holds(self, message_id: UUID, said_at: datetime) -> bool:
        """Return whether a message was said then, or came in then from a file that says it is older."""
        moments = {said_at, made_at(message_id) if message_id.version == 7 else said_at}
        return any(start <= at and (end is None or at < end) for start, end in self.spans for at in moments)


async def read_unremembered(tx: Transaction, user_id: UUID) -> Unremembered:
    """Return the times of which nothing is kept of a person."""
    rows = await tx.fetch(
        """
        SELECT lower(span) AS start, upper(span) AS end FROM choices, unnest(unremembered) AS span WHERE user_id = $1
        """,
        user_id,
    )
    return Unremembered(tuple((row["start"], row["end"]) for row in rows))

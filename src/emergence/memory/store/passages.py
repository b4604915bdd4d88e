"""What of a turn is embedded: its words after the end of what was said before, as "yes, in May" alone means little."""

from collections.abc import Sequence
from uuid import UUID

from emergence.kernel.storage.database import Transaction

_BEFORE_CHARACTERS = 200  # more drowns a short turn


async def read_passages(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the texts to embed, by message; turns that are gone are left out. Nobody's name is in them.

    Names of speakers would make all turns of one alike: who spoke is for the ranking to weigh.
    """
    rows = await tx.fetch(
        """
        SELECT turns.message_id, coalesce(right(before.body, $3) || E'\n', '') || turns.body AS passage
        FROM turns LEFT JOIN LATERAL (
            SELECT body FROM turns AS earlier
            WHERE earlier.user_id = $1 AND earlier.thread_id = turns.thread_id
                AND (earlier.position, earlier.message_id) < (turns.position, turns.message_id)
            ORDER BY earlier.position DESC, earlier.message_id DESC LIMIT 1
        ) AS before ON true
        WHERE turns.user_id = $1 AND turns.message_id = ANY ($2)
        """,
        user_id,
        list(message_ids),
        _BEFORE_CHARACTERS,
    )
    return {row["message_id"]: row["passage"] for row in rows}

"""What of a turn is embedded: its words after the end of what was said before, as "yes, in May" alone means little."""

from collections.abc import Sequence
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory.store.locks import hold_passages

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


async def renew_following(tx: Transaction, user_id: UUID, going: Sequence[UUID]) -> None:
    """Remove the vectors of turns that stand right after ones that go, and have them made anew.

    They were made of what goes, too. To be called before it is gone; holds the passages.
    """
    await hold_passages(tx, user_id)
    await tx.execute(
        """
        WITH following AS (
            SELECT DISTINCT after.message_id FROM turns JOIN LATERAL (
                SELECT message_id FROM turns AS later
                WHERE later.user_id = $1 AND later.thread_id = turns.thread_id
                    AND (later.position, later.message_id) > (turns.position, turns.message_id)
                    AND NOT later.message_id = ANY ($2)
                ORDER BY later.position, later.message_id LIMIT 1
            ) AS after ON true
            WHERE turns.user_id = $1 AND turns.message_id = ANY ($2)
        ), gone AS (
            DELETE FROM turn_vectors USING following
            WHERE turn_vectors.user_id = $1 AND turn_vectors.message_id = following.message_id
            RETURNING turn_vectors.message_id, turn_vectors.model
        )
        INSERT INTO pending_vectors (user_id, message_id, model, due_at)
        SELECT $1, message_id, model, '-infinity' FROM gone ON CONFLICT DO NOTHING
        """,
        user_id,
        list(going),
    )

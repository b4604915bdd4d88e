"""What is said and the run that will answer it, stored together."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from emergence.kernel.storage.database import Transaction
from emergence.session.store.branches import BEGINNING
from emergence.session.store.messages import PARTS, PlacedMessage
from emergence.session.store.runs import StoredRun

# One statement, not two: the first text of a reply waits for it. It does not see the rows that it
# adds: what it finds unended was there before.
_INSERT = """
    WITH said AS (
        INSERT INTO messages (id, user_id, thread_id, turn, slot, role, agent, status, parts, reply_to, parent_id,
            created_at)
        SELECT id, $2, $3, turn, slot, role, agent, status, parts, reply_to, parent_id, created_at
        FROM unnest(
            $11::uuid[], $12::bigint[], $13::bigint[], $14::text[], $15::text[], $16::text[], $17::jsonb[],
            $18::uuid[], $19::uuid[], $20::timestamptz[]
        ) AS added (id, turn, slot, role, agent, status, parts, reply_to, parent_id, created_at)
    )
    INSERT INTO runs (id, user_id, thread_id, message_id, turn, agent, language, state, owner, lease_until, queued_at,
        time_zone)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, now() + $9, $10, $21)
    RETURNING NOT EXISTS (
        SELECT FROM runs AS earlier
        WHERE earlier.thread_id = $3 AND earlier.user_id = $2 AND earlier.state <> 'ended'
    ) AS is_first
"""


async def insert_turn(
    tx: Transaction, placed: Sequence[PlacedMessage], run: StoredRun, at: datetime, lease: timedelta
) -> bool:
    """Store messages of the run's thread, each at its place, and queue the run, leased to its owner.

    Returns whether no run of the thread is before it. The thread's row must be locked.
    """
    messages = [each.message for each in placed]
    row = await tx.fetchrow(
        _INSERT,
        run.id,
        run.user_id,
        run.thread_id,
        run.message_id,
        run.turn,
        run.agent,
        run.language,
        run.owner,
        lease,
        at,
        [message.id for message in messages],
        [each.position.turn for each in placed],
        [each.position.slot for each in placed],
        [message.role for message in messages],
        [message.agent for message in messages],
        [message.status for message in messages],
        [PARTS.dump_json(message.parts).decode() for message in messages],
        [message.reply_to for message in messages],
        [message.parent or BEGINNING for message in messages],
        [message.created_at for message in messages],
        run.time_zone,
    )
    return bool(row and row["is_first"])

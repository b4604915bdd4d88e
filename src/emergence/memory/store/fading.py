"""How what memory made fades: by the time that passed alone, never by what was asked meanwhile."""

from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Transaction

ARCHIVED_BELOW = 0.05  # small talk that nobody came back to: after about three months

# importance · 2^(−age/half-life) · (1 + ln(1 + uses)); small talk halves in 30 days, an event in 180, and what somebody
# is, prefers, wrote, pinned or had remembered in so many words (importance ≥ 0.7) does not. Age counts from the last
# time that it was said or used; what is still to come has none.
_ARCHIVE = """
    UPDATE items SET state = 'archived'
    WHERE user_id = $1 AND state = 'active' AND $3 > importance * (1 + ln(1 + uses)) * CASE
        WHEN pinned OR origin = 'written' OR kind IN ('fact', 'preference', 'instruction') THEN 1
        WHEN kind <> 'event' AND importance >= 0.7 THEN 1
        ELSE power(2, -greatest(0, extract(epoch FROM $2::timestamptz - greatest(
            coalesce(
                (SELECT max(said_at) FROM item_sources AS s WHERE s.user_id = items.user_id AND s.item_id = items.id),
                recorded_at
            ),
            happened_at, last_used_at
        ))) / 86400 / CASE kind WHEN 'event' THEN 180 ELSE 30 END)
    END
"""


async def archive_faded(tx: Transaction, user_id: UUID, now: datetime) -> int:
    """Archive what has faded; explicit recall still finds it. Return how many. Idempotent."""
    tag: str = await tx.execute(_ARCHIVE, user_id, now, ARCHIVED_BELOW)
    return int(tag.split()[-1])

"""What is always shown of a person: how they want to be answered, what they pinned, who they are, what they like.

Only what they wrote or said themself; never what an agent, a document, a page or a tool says of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from emergence.contracts.memory.items import ItemKind, Origin
from emergence.kernel.storage.database import Transaction

ITEMS_MAX = 40
EVERYWHERE = "everywhere"
THEMSELF = "user"
IDENTITY = (
    "name", "pronouns", "allergic_to", "intolerant_to", "has_condition", "born", "age", "lives_in", "works_at",
    "works_as", "studies_at", "partner", "speaks",
)  # fmt: skip
# Of these one must know when they were so: whoever was 41 three years ago is not now.
CHANGING = (
    "age", "lives_in", "works_at", "works_in", "works_as", "studies_at", "studies", "partner", "has",
)  # fmt: skip

Always = Literal["pinned", "instruction", "preference", "identity"]


@dataclass(frozen=True, slots=True)
class ProfileItem:
    """An item of the profile, and why it is always shown."""

    id: UUID
    kind: ItemKind
    body: str
    origin: Origin
    happened_at: datetime | None
    always: Always


async def profile_of(
    tx: Transaction, user_id: UUID, limit: int = ITEMS_MAX, agent: str | None = None
) -> Sequence[ProfileItem]:
    """Return this person's profile, what matters most first; with `agent` what holds for that one too."""
    rows = await tx.fetch(
        """
        SELECT id, kind, body, origin, happened_at, always FROM (
            SELECT items.*,
                CASE WHEN kind IN ('instruction', 'preference') THEN kind WHEN pinned THEN 'pinned'
                    ELSE 'identity' END AS always
            FROM items
            WHERE items.user_id = $1 AND state = 'active' AND origin IN ('written', 'said') AND (
                kind IN ('instruction', 'preference') OR pinned
                OR id IN (SELECT item_id FROM facts WHERE user_id = $1 AND subject = $2 AND predicate = ANY ($3))
                AND kind = 'fact'
            )
        ) AS known
        WHERE NOT EXISTS (
            SELECT FROM preferences
            WHERE preferences.user_id = $1 AND item_id = id AND NOT scope IN ($4, $5)
        )
        ORDER BY array_position(ARRAY['instruction', 'pinned', 'identity', 'preference'], always),
            pinned DESC, importance DESC, recorded_at DESC, id
        LIMIT $6
        """,
        user_id,
        THEMSELF,
        list(IDENTITY),
        EVERYWHERE,
        agent or EVERYWHERE,
        limit,
    )
    return [ProfileItem(**dict(row)) for row in rows]


async def last_said(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Return when those of the items that tell what time changes were last said, or written."""
    rows = await tx.fetch(
        """
        SELECT id, coalesce(
            greatest(max(said_at), CASE origin WHEN 'written' THEN recorded_at END), recorded_at
        ) AS said_at
        FROM items
        JOIN facts ON facts.user_id = $1 AND facts.item_id = id AND predicate = ANY ($3)
        LEFT JOIN item_sources ON item_sources.user_id = $1 AND item_sources.item_id = id
        WHERE items.user_id = $1 AND id = ANY ($2) AND kind = 'fact'
        GROUP BY items.user_id, id
        """,
        user_id,
        list(ids),
        list(CHANGING),
    )
    return {row["id"]: row["said_at"] for row in rows}

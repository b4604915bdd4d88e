"""Who and what is talked about, so that items about one person or place are found together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction

ConceptKind = Literal["person", "place", "organisation", "thing"]


@dataclass(frozen=True, slots=True)
class NewConcept:
    """Somebody or something that an item is about, as it was called."""

    name: str
    kind: ConceptKind


async def mention(tx: Transaction, user_id: UUID, item_id: UUID, concepts: Sequence[NewConcept]) -> None:
    """Note that an item is about these; a name that is known already stays as it was first said. Idempotent."""
    if not concepts:
        return
    names = [concept.name for concept in concepts]
    await tx.execute(
        """
        INSERT INTO concepts (user_id, id, name, folded_name, kind)
        SELECT $1, id, name, folded(name), kind FROM unnest($2::uuid[], $3::text[], $4::text[]) AS said (id, name, kind)
        ON CONFLICT DO NOTHING
        """,
        user_id,
        [new_id() for _ in concepts],
        names,
        [concept.kind for concept in concepts],
    )
    await tx.execute(
        """
        INSERT INTO mentions (user_id, concept_id, item_id)
        SELECT $1, id, $2 FROM concepts
        WHERE user_id = $1 AND folded_name IN (SELECT folded(name) FROM unnest($3::text[]) AS said (name))
        ON CONFLICT DO NOTHING
        """,
        user_id,
        item_id,
        names,
    )

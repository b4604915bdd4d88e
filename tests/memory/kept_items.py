"""Items as memory keeps them, without a gardener who makes them of turns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from emergence.memory.parts import Memory
from emergence.memory.store.concepts import NewConcept
from emergence.memory.store.item_sources import Source
from emergence.memory.store.keep_items import NewFact, NewItem, NewPreference, keep_item
from tests.memory.said_turns import THEN, Line, keep
from tests.session.neighbours import Person


async def know(
    memory: Memory,
    person: Person,
    body: str,
    kind: Any = "fact",
    *,
    predicate: str = "",
    key: str = "",
    scope: str = "everywhere",
    origin: Any = "written",
    importance: float = 0.6,
    about: Sequence[str] = (),
    happened_at: datetime | None = None,
    said: str = "",
    at: datetime = THEN,
) -> tuple[UUID, UUID | None]:
    """Keep an item, taken from a turn of a new thread when something was `said`; return it and the thread."""
    thread = await keep(memory, person, [Line(said, at=at)]) if said else None
    async with memory.rows.of(person.user_id) as tx:
        sources = []
        if thread is not None:
            message = await tx.fetchval("SELECT message_id FROM turns WHERE thread_id = $1", thread)
            sources = [Source(message, thread, said, at)]
        item = NewItem(
            kind=kind,
            body=body,
            language="en",
            importance=importance,
            confidence=0.9,
            origin=origin,
            happened_at=happened_at,
            sources=sources,
            fact=NewFact("user", predicate, body) if predicate else None,
            preference=NewPreference(key, body, scope) if key else None,
            concepts=[NewConcept(name, "person") for name in about],
        )
        kept = await keep_item(tx, memory.forgotten_words, person.user_id, item, at)
        assert kept.id is not None, kept
        return kept.id, thread

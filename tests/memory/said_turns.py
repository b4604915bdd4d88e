"""Turns as memory keeps them after it has read them, without a session that says them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID, uuid4

from emergence.memory.parts import Memory
from emergence.memory.store import vectors
from emergence.memory.store.turns import NewTurn, add_turns
from tests.session.neighbours import Person

THEN = datetime(2026, 3, 4, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """Something that was said; without a speaker by the person."""

    body: str
    speaker: str = ""
    at: datetime = THEN

    @property
    def role(self) -> Literal["user", "agent"]:
        return "agent" if self.speaker else "user"


async def keep(memory: Memory, person: Person, said: Sequence[Line | str]) -> UUID:
    """Keep a thread, and have its vectors made where a model is wanted; return its id."""
    thread = uuid4()
    lines = [Line(line) if isinstance(line, str) else line for line in said]
    turns = [
        NewTurn(
            message_id=uuid4(), position=place, role=line.role, speaker=line.speaker, said_at=line.at, body=line.body
        )
        for place, line in enumerate(lines)
    ]
    async with memory.rows.of(person.user_id) as tx:
        new = await add_turns(tx, memory.forgotten_words, person.user_id, thread, turns)
        await vectors.note_person(tx, person.user_id, memory.embedders.wanted)
        if memory.embedders.wanted is not None:
            await vectors.note_pending(tx, person.user_id, new, memory.embedders.wanted, THEN)
    return thread

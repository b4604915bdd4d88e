"""Note what an answer was given with, once it is over: what people read under “used in this answer because”."""

from emergence.contracts.memory.recollection import NoteUses
from emergence.memory.parts import Memory
from emergence.memory.store.hints import note_hint
from emergence.memory.store.locks import hold_items
from emergence.memory.store.uses import add_uses


async def note_uses(memory: Memory, noted: NoteUses) -> int:
    """Keep it all in one transaction; return how many are new. Idempotent. Raises DatabaseUnavailable."""
    at = memory.clock.now()
    async with memory.rows.of(noted.user_id) as tx:
        await hold_items(tx, noted.user_id)  # what is forgotten at this moment is not noted afterwards
        for used in noted.used:
            if used.why.hint is not None:
                await note_hint(tx, noted.user_id, used.id, noted.run_id, at)
        return await add_uses(tx, noted, at)

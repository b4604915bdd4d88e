"""Forget something that was said: it is found no more, and does not come back."""

from uuid import UUID

from emergence.contracts.memory.problems import UnknownTurn
from emergence.memory.parts import Memory
from emergence.memory.store import turns


async def forget_turn(memory: Memory, user_id: UUID, message_id: UUID) -> None:
    """Remove the turn with its vectors. Raises UnknownTurn, also the second time; DatabaseUnavailable."""
    async with memory.rows.of(user_id) as tx:
        if not await turns.delete_turn(tx, user_id, message_id):
            raise UnknownTurn()
        await turns.bury(tx, user_id, message_id, "turn", memory.clock.now())

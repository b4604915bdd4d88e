"""Calls memory, wherever it runs."""

from datetime import timedelta

from emergence.contracts.memory.recall import RecallRequest
from emergence.contracts.memory.recollection import NoteUses, Recollection, UsesNoted
from emergence.kernel.wire.client import PeerCall, PeerClient

ASKER = "chat"  # the only one that may ask


class MemoryClient(PeerClient):
    """Calls memory, wherever it runs."""

    service = "memory"

    async def recall(self, asked: RecallRequest, deadline: timedelta) -> Recollection:
        """Return what fits a question; never tried twice: whoever asks rather goes on without.

        Raises Unavailable, DeadlineExceeded.
        """
        return await self.call(PeerCall("POST", "/api/memory/internal/recall", asked, deadline=deadline), Recollection)

    async def note_uses(self, used: NoteUses) -> None:
        """Note what an answer was given with. Idempotent. Raises Unavailable, DeadlineExceeded."""
        await self.call(PeerCall("POST", "/api/memory/internal/uses", used, idempotent=True), UsesNoted)

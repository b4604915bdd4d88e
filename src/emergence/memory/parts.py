"""What the memory slice needs to do its work."""

from dataclasses import dataclass

from emergence.contracts.consolidation import ConsolidationClient
from emergence.contracts.session.said import SaidClient
from emergence.kernel.clock import Clock
from emergence.kernel.events.erasing import Erasing
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.row_security import GuardedRows
from emergence.memory.embedders import Embedders
from emergence.memory.items.write_pace import WritePace
from emergence.memory.questions import Questions
from emergence.memory.settings import MemorySettings
from emergence.memory.store.recall import MANY_TURNS
from emergence.memory.store.tombstones import ForgottenWords


@dataclass(frozen=True, slots=True)
class Memory:
    """The parts of memory. What a person said is read and written through `rows` alone.

    Of who has more than `many_turns`, threads are ranked near their best turns alone.
    """

    settings: MemorySettings
    database: Database
    rows: GuardedRows
    clock: Clock
    embedders: Embedders
    said: SaidClient
    erasing: Erasing
    consolidation: ConsolidationClient
    questions: Questions
    write_pace: WritePace
    forgotten_words: ForgottenWords
    many_turns: int = MANY_TURNS

    async def prepare(self) -> None:
        """Make ready what must stand before the first request, after the migrations. Idempotent.

        Raises SettingsInvalid where the database's role passes row-level security, or the secret is another one;
        DatabaseUnavailable.
        """
        await self.rows.prepare()
        await self.forgotten_words.open(self.database)

"""How fast a person writes into memory: sixty changes at once on an instance, and then one a second."""

from datetime import timedelta
from uuid import UUID

from emergence.contracts.memory.problems import TooManyWrites
from emergence.kernel.clock import Clock
from emergence.kernel.command_pace import CommandPace

WRITES_PER_MINUTE = 60  # nobody types faster; each has a vector made
SWEEP = timedelta(minutes=1)


class WritePace:
    """Belongs to one instance; forgets who has written nothing for a while as long as `keep_sweeping` runs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pace = CommandPace[UUID](clock, WRITES_PER_MINUTE)

    def admit(self, user_id: UUID) -> None:
        """Count one change of this person. Raises TooManyWrites."""
        if not self._pace.admits(user_id):
            raise TooManyWrites(retry_after_s=self._pace.retry_after_s)

    async def keep_sweeping(self) -> None:
        """Forget now and then who has written nothing for a while, for ever."""
        while True:
            await self._clock.sleep(SWEEP)
            self._pace.forget_idle()

"""Which event runs which behaviour."""

from emergence.contracts.auth.events import UserDeleted
from emergence.kernel.events.erasing import Erasing
from emergence.kernel.storage.database import Transaction


class OnEvents:
    """The handlers, bound to the parts."""

    def __init__(self, erasing: Erasing) -> None:
        self._erasing = erasing

    async def on_user_deleted(self, tx: Transaction, event: UserDeleted) -> None:
        """Have everything that is kept of a person erased. Idempotent."""
        await self._erasing.note(tx, event.user_id)

"""Which event runs which behaviour."""

from emergence.contracts.auth.events import LoginSessionRevoked, UserDeleted
from emergence.kernel.events.erasing import Erasing
from emergence.kernel.events.revoked_sessions import RevokedSessions
from emergence.kernel.storage.database import Transaction


class OnEvents:
    """The handlers, bound to the parts."""

    def __init__(self, revoked: RevokedSessions, erasing: Erasing) -> None:
        self._revoked = revoked
        self._erasing = erasing

    async def on_login_session_revoked(self, tx: Transaction, event: LoginSessionRevoked) -> None:
        """Refuse the access tokens of a login session from now on. Idempotent."""
        await self._revoked.note(tx, event.session_id)

    async def on_user_deleted(self, tx: Transaction, event: UserDeleted) -> None:
        """Have everything that is kept of a person erased. Idempotent."""
        await self._erasing.note(tx, event.user_id)

"""Which event runs which behaviour."""

from emergence.contracts.auth.events import LoginSessionRevoked
from emergence.kernel.events.revoked_sessions import RevokedSessions
from emergence.kernel.storage.database import Transaction


class OnEvents:
    """The handlers, bound to the parts."""

    def __init__(self, revoked: RevokedSessions) -> None:
        self._revoked = revoked

    async def on_login_session_revoked(self, tx: Transaction, event: LoginSessionRevoked) -> None:
        """Refuse the access tokens of a login session from now on. Idempotent."""
        await self._revoked.note(tx, event.session_id)

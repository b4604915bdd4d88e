"""Which event runs which behaviour."""

from emergence.auth.parts import Auth
from emergence.auth.revoke_session import Ending, revoke_session
from emergence.auth.store import sessions
from emergence.contracts.session.events import LiveSessionExpired
from emergence.kernel.storage.database import Transaction

INACTIVITY = "inactivity"


class OnEvents:
    """The handlers, bound to the parts."""

    def __init__(self, auth: Auth) -> None:
        self._auth = auth

    async def on_live_session_expired(self, tx: Transaction, event: LiveSessionExpired) -> None:
        """Sign out whoever did nothing after a warning; what they had open closes. Idempotent."""
        held = await sessions.lock_session(tx, event.login_session_id)
        if held is not None and held[0].user_id == event.user_id:
            await revoke_session(self._auth, tx, held[0], Ending(INACTIVITY, None, None))

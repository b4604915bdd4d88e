"""Which event runs which behaviour."""

from emergence.contracts.auth.events import AccountShut, LoginSessionRevoked, UserDeleted
from emergence.kernel.storage.database import Transaction
from emergence.session.parts import Session
from emergence.session.runs.executing_run import Halt
from emergence.session.store.live_sessions import end_login_session
from emergence.session.store.shares import delete_shares_of


class OnEvents:
    """The handlers, bound to the parts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def on_login_session_revoked(self, tx: Transaction, event: LoginSessionRevoked) -> None:
        """Note that the live sessions of a login session are over; its sockets are closed by the feed. Idempotent."""
        await end_login_session(tx, event.session_id, event.user_id, self._session.clock.now())

    async def on_account_shut(self, tx: Transaction, event: AccountShut) -> None:
        """Withdraw what its person shared, for good, whatever is decided about the account later. Idempotent."""
        await delete_shares_of(tx, event.user_id)

    async def on_user_deleted(self, tx: Transaction, event: UserDeleted) -> None:
        """Have everything that is kept of a person erased, and stop what is being written for them. Idempotent.

        Another instance that writes for them finds its run gone when it renews its lease; their
        sockets closed when their login sessions were ended.
        """
        await self._session.erasing.note(tx, event.user_id)
        self._session.runs.halt_of(event.user_id, Halt.LOST)

"""The two loops of outgoing mail: find out who asked for letters, and hand letters to the mail server."""

import asyncio
from datetime import timedelta
from typing import Never

from emergence.auth.change_email import answer_change
from emergence.auth.joining.register import KIND as REGISTRATION
from emergence.auth.joining.register import answer_registration
from emergence.auth.log_in_by_mail import KIND as MAILED_CODE
from emergence.auth.log_in_by_mail import answer_code
from emergence.auth.mail.deliver import POLL, Deliveries
from emergence.auth.mail.mail_server import MailServer
from emergence.auth.mail.requests import Answers, answer_request
from emergence.auth.parts import Auth
from emergence.auth.reset_password import PURPOSE as PASSWORD_RESET
from emergence.auth.reset_password import answer_reset
from emergence.auth.revoke_session import EMAIL_CHANGE
from emergence.auth.store import letters as store
from emergence.kernel.health import Dependency
from emergence.kernel.service_life import Loop
from emergence.kernel.storage.database import DatabaseUnavailable

ANSWERS: Answers = {
    PASSWORD_RESET: answer_reset,
    MAILED_CODE: answer_code,
    REGISTRATION: answer_registration,
    EMAIL_CHANGE: answer_change,
}


OVERDUE_AFTER = timedelta(minutes=10)  # of a letter that is due: one that the server deferred is not
OVERDUE = "answers, but letters that are due have waited for more than 10 minutes"


class Posting:
    """Outgoing mail of one instance; where no mail is sent it has nothing to run and needs nothing."""

    def __init__(self, auth: Auth) -> None:
        self._auth = auth
        self._server = MailServer(auth.settings, auth.clock)

    def loops(self) -> list[Loop]:
        """Return what runs as long as the service does."""
        if not self._auth.settings.sends_mail():
            return []
        return [self.answer_requests, Deliveries(self._auth, self._server).run]

    def dependencies(self) -> list[Dependency]:
        """Return outgoing mail, without which the service is degraded and not down: letters wait for it."""
        is_used = self._auth.settings.sends_mail()
        return [Dependency("smtp", self._is_leaving, is_required=False)] if is_used else []

    async def _is_leaving(self) -> bool | str:
        """Return whether the server answers and letters leave; a server that answers alone moves none."""
        if not await self._server.is_reachable():
            return False
        try:
            is_overdue = await store.has_overdue(self._auth.database, self._auth.clock.now() - OVERDUE_AFTER)
        except DatabaseUnavailable:  # which says so itself, and is no fault of the mail server
            return True
        return OVERDUE if is_overdue else True

    async def answer_requests(self) -> Never:
        """Answer until cancelled."""
        while True:
            while await answer_request(self._auth, ANSWERS):
                pass
            await asyncio.sleep(POLL.total_seconds())

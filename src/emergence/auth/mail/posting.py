"""The two loops of outgoing mail: find out who asked for letters, and hand letters to the mail server."""

import asyncio
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
from emergence.kernel.health import Dependency
from emergence.kernel.service_life import Loop

ANSWERS: Answers = {
    PASSWORD_RESET: answer_reset,
    MAILED_CODE: answer_code,
    REGISTRATION: answer_registration,
    EMAIL_CHANGE: answer_change,
}


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
        """Return the mail server, without which the service is degraded and not down: letters wait for it."""
        is_used = self._auth.settings.sends_mail()
        return [Dependency("smtp", self._server.is_reachable, is_required=False)] if is_used else []

    async def answer_requests(self) -> Never:
        """Answer until cancelled."""
        while True:
            while await answer_request(self._auth, ANSWERS):
                pass
            await asyncio.sleep(POLL.total_seconds())

"""Speaks SMTP with the server that takes our mail, each step with a deadline; says what a refusal means for us."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email.message import EmailMessage

import aiosmtplib
from aiosmtplib import SMTP

from emergence.auth.mail.settings import MailSettings
from emergence.kernel.clock import Clock

CONNECT_DEADLINE = timedelta(seconds=10)
SEND_DEADLINE = timedelta(seconds=60)
PERMANENT = range(500, 600)  # RFC 5321 §4.2.1
LEAVING = 421  # RFC 5321 §4.2.3: the server closes the connection
ASKED_AGAIN_AFTER = timedelta(seconds=30)
OUTAGES = (aiosmtplib.SMTPException, OSError, TimeoutError)


class MailServerAway(Exception):
    """The server cannot be talked to, or does not want us: no letter's fault. The text names no address."""


class LetterRefused(Exception):
    """The server will never take this letter."""


class LetterDeferred(Exception):
    """The server does not take this letter now."""


class MailServer:
    """The server that SMTP_HOST names; `is_reachable` is for /api/ready."""

    def __init__(self, settings: MailSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._last_answer: tuple[float, bool] | None = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator["MailConnection"]:
        """Lend a connection over which letters are handed in. Raises MailServerAway."""
        client = self._client()
        try:
            await self._open(client)
            yield MailConnection(client)
        finally:
            await _close(client)

    async def is_reachable(self) -> bool:
        """Return whether the server answered lately, asking it when nobody has."""
        now_s = self._clock.elapsed_s()
        if self._last_answer is not None and now_s - self._last_answer[0] < ASKED_AGAIN_AFTER.total_seconds():
            return self._last_answer[1]
        self._note(False)  # should the question take too long, that is the answer
        try:
            async with self.connection():
                return True
        except MailServerAway:
            return False

    def _client(self) -> SMTP:
        settings = self._settings
        password = settings.smtp_password
        return SMTP(
            hostname=settings.smtp_host,
            port=settings.mail_port(),
            username=settings.smtp_username,
            password=password.get_secret_value() if password else None,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            timeout=CONNECT_DEADLINE.total_seconds(),
        )

    async def _open(self, client: SMTP) -> None:
        try:
            async with asyncio.timeout(CONNECT_DEADLINE.total_seconds()):
                await client.connect()
        except (*OUTAGES, ValueError) as away:  # ValueError: of what stands in the settings
            self._note(False)
            raise MailServerAway(_said(away)) from None  # servers repeat addresses in what they say
        self._note(True)

    def _note(self, answers: bool) -> None:
        self._last_answer = (self._clock.elapsed_s(), answers)


class MailConnection:
    """One open connection."""

    def __init__(self, client: SMTP) -> None:
        self._client = client

    async def hand_in(self, message: EmailMessage) -> None:
        """Return once the server has taken the letter over. Raises LetterRefused, LetterDeferred, MailServerAway."""
        try:
            async with asyncio.timeout(SEND_DEADLINE.total_seconds()):
                sender, recipient = _address(message, "From"), _address(message, "To")
                await self._client.send_message(message, sender=sender, recipients=recipient)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise _judged(refused.recipients[0]) from None
        except aiosmtplib.SMTPDataError as refused:
            raise _judged(refused) from None
        except aiosmtplib.SMTPNotSupported:  # an address beyond ASCII, and a server without SMTPUTF8 (RFC 6531)
            raise LetterRefused("no_smtputf8") from None
        except ValueError:  # an address that SMTP cannot say: the letters behind it must not wait
            raise LetterRefused("address") from None
        except OUTAGES as away:
            raise MailServerAway(_said(away)) from None


def _address(message: EmailMessage, header: str) -> str:
    """Return the one address of a header as it was given. Raises ValueError."""
    (address,) = message[header].addresses
    return str(address.addr_spec)


def _judged(refusal: aiosmtplib.SMTPResponseException) -> Exception:
    if refusal.code == LEAVING:
        return MailServerAway(_said(refusal))
    return (LetterRefused if refusal.code in PERMANENT else LetterDeferred)(_said(refusal))


def _said(reason: BaseException) -> str:
    code = getattr(reason, "code", None)
    return type(reason).__name__ if code is None else f"{type(reason).__name__} {code}"


async def _close(client: SMTP) -> None:
    """Say goodbye if the server still listens, and drop the connection."""
    if client.is_connected:
        try:
            async with asyncio.timeout(2):
                await client.quit()
        except (*OUTAGES, ValueError):
            pass
    client.close()

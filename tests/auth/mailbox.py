"""A real SMTP server on loopback that keeps what it is given, and an auth service that sends its mail there."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from emergence.auth.mail import deliver, posting
from tests.auth.served_auth import PUBLIC_URL, ServedAuth, auth_environ, served_auth
from tests.frozen_clock import FrozenClock

SENDER = "no-reply@example.org"
PATIENCE_S = 15.0
POLL = timedelta(milliseconds=40)
QUIET_S = 0.5  # ten looks for letters and more: what did not come by then does not come


def quicken_post(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have letters looked for often: waiting for the next look was most of what a test with a letter took."""
    monkeypatch.setattr(posting, "POLL", POLL)
    monkeypatch.setattr(deliver, "POLL", POLL)


async def until(is_so: Callable[[], bool | Awaitable[bool]], within_s: float = PATIENCE_S) -> None:
    """Look again and again until something is so; fails when it takes too long."""
    async with asyncio.timeout(within_s):
        while True:
            answer = is_so()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.02)


@dataclass
class Mailbox:
    """Everybody's mailbox; `answers` are given instead of taking a letter, one each, as long as there are some."""

    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    answers_to_recipient: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]) -> str:  # noqa: N802
        if self.answers_to_recipient:
            return self.answers_to_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.recipients += envelope.rcpt_tos
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter, who in zip(self.letters, self.recipients, strict=True) if who == address]

    async def next_to(self, address: str, after: int = 0) -> EmailMessage:
        """Return the letter to an address that follows `after` others, as soon as it is there."""
        await until(lambda: len(self.to(address)) > after)
        return self.to(address)[after]

    async def subjects_to(self, address: str, count: int) -> list[str]:
        """Return the subjects of the first `count` letters to an address; fails when there are more."""
        await self.next_to(address, count - 1)
        await asyncio.sleep(QUIET_S)
        return [str(letter["subject"]) for letter in self.to(address)]


def plain(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html(letter: EmailMessage) -> str:
    part = letter.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def link_in(letter: EmailMessage) -> str:
    found = re.search(r"https?://\S+#\S+", plain(letter))
    assert found, plain(letter)
    return found.group()


def token_in(letter: EmailMessage) -> str:
    """Return what stands behind the `#` of the letter's link."""
    return link_in(letter).partition("#")[2]


@asynccontextmanager
async def mailbox_at(port: int = 0, mailbox: Mailbox | None = None) -> AsyncIterator[Mailbox]:
    mailbox = mailbox or Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()


def mail_environ(database_url: str, port: int, **more: str) -> dict[str, str]:
    smtp = {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_TLS": "none",
        "SMTP_FROM_EMAIL": SENDER,
        "EMERGENCE_PUBLIC_URL": PUBLIC_URL,
    }
    return auth_environ(database_url, **smtp | more)


@dataclass(frozen=True)
class Posted:
    """An auth service and where its letters arrive."""

    served: ServedAuth
    mailbox: Mailbox


@asynccontextmanager
async def posted_auth(database_url: str, clock: FrozenClock | None = None, **more: str) -> AsyncIterator[Posted]:
    async with mailbox_at() as mailbox:
        async with served_auth(mail_environ(database_url, mailbox.port, **more), clock) as served:
            yield Posted(served, mailbox)

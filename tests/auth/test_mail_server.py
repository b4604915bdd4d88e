"""How we speak with the mail server: encrypted, signed in, and never with one that nobody vouches for."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from emergence.auth.mail.compose import composed
from emergence.auth.mail.letters import Letter
from emergence.auth.mail.mail_server import MailServer, MailServerAway
from emergence.auth.settings import AuthSettings
from emergence.kernel.ids import new_id
from tests.auth.mailbox import Mailbox, mail_environ
from tests.frozen_clock import FrozenClock
from tests.own_certificate import own_certificate

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
LETTER = Letter("suspended", "ada@example.org", "en", {"at": "now", "link": "http://x"})


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that only its own file vouches for, with its key."""
    return own_certificate(tmp_path)


def allowed(_: SMTP, __: Session, ___: Envelope, ____: str, given: object) -> AuthResult:
    is_right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"emergence", b"pass word")
    return AuthResult(success=is_right, handled=is_right)


@asynccontextmanager
async def encrypted(certificate: Path, *, at_once: bool) -> AsyncIterator[Mailbox]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    mailbox, loop = Mailbox(), asyncio.get_running_loop()

    def speaker() -> SMTP:
        return SMTP(
            mailbox,
            loop=loop,
            tls_context=None if at_once else context,
            require_starttls=not at_once,
            auth_required=True,
            auth_require_tls=not at_once,
            authenticator=allowed,
        )

    server = await loop.create_server(speaker, "localhost", 0, ssl=context if at_once else None)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()


def settings(port: int, **more: str) -> AuthSettings:
    account = {"SMTP_HOST": "localhost", "SMTP_USERNAME": "emergence", "SMTP_PASSWORD": "pass word"}
    return AuthSettings.read(mail_environ(NOWHERE, port, **account | more))


async def hand_in(chosen: AuthSettings) -> None:
    async with MailServer(chosen, FrozenClock()).connection() as connection:
        await connection.hand_in(composed(chosen, new_id(), LETTER, FrozenClock().now()))


@pytest.mark.parametrize("kind", ["starttls", "tls"])
async def test_it_is_encrypted_and_signed_in(certificate: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # where OpenSSL reads whom it trusts
    async with encrypted(certificate, at_once=kind == "tls") as mailbox:
        await hand_in(settings(mailbox.port, SMTP_TLS=kind))

    assert mailbox.recipients == ["ada@example.org"]


@pytest.mark.parametrize("kind", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_gets_no_letter(certificate: Path, kind: str) -> None:
    async with encrypted(certificate, at_once=kind == "tls") as mailbox:
        with pytest.raises(MailServerAway):
            await hand_in(settings(mailbox.port, SMTP_TLS=kind))

    assert mailbox.letters == []


async def test_a_server_that_offers_no_encryption_gets_no_letter() -> None:
    mailbox, loop = Mailbox(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, loop=loop), "localhost", 0)
    with pytest.raises(MailServerAway):
        await hand_in(settings(server.sockets[0].getsockname()[1], SMTP_TLS="starttls"))
    server.close()

    assert mailbox.letters == []


async def test_a_wrong_password_is_an_outage_and_no_letters_fault(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with encrypted(certificate, at_once=True) as mailbox:
        with pytest.raises(MailServerAway, match="SMTPAuthenticationError 535"):
            await hand_in(settings(mailbox.port, SMTP_TLS="tls", SMTP_PASSWORD="another"))

    assert mailbox.letters == []

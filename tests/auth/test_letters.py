"""What letters look like: both languages, both forms, and headers that nobody else writes."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import get_args
from uuid import UUID

import pytest

from emergence.auth.mail.compose import composed
from emergence.auth.mail.letters import FormerAddressKind, Letter, LetterKind, LinkKind, NoticeKind
from emergence.auth.mail.queue_letter import queue_letter
from emergence.auth.mail.texts import text_of
from emergence.auth.settings import AuthSettings
from emergence.contracts.auth.values import Language
from tests.auth.mailbox import Posted, html, mail_environ, plain
from tests.auth.served_auth import ADMINISTRATOR

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
LETTER_ID = UUID("01900000-0000-7000-8000-000000000001")
WRITTEN_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
VALUES = {
    "link": "https://chat.example.org/reset-password#Abc-_9",
    "code": "1234 5678",
    "at": "2026-11-22 12:00",
    "device": "Firefox on Linux",
    "network": "198.51.100.0/24",
    "inviter": "Ada",
    "removed": "2 passkeys",
}
WITH_LINK: list[LetterKind] = [*get_args(LinkKind), *get_args(NoticeKind)]
KINDS: list[LetterKind] = [*WITH_LINK, *get_args(FormerAddressKind)]

RESET_EN = """Hello,

Somebody, probably you, asked for a new password for your Emergence account.

Choose a new password
https://chat.example.org/reset-password#Abc-_9

The link works once, within 15 minutes of being asked for. All your sessions end when it is used.

If it was not you, do nothing: your password stays as it is.

Emergence
"""
RESET_FR = """Bonjour,

Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour votre compte Emergence.

Choisir un nouveau mot de passe
https://chat.example.org/reset-password#Abc-_9

Le lien fonctionne une seule fois, dans les 15 minutes qui suivent la demande. \
Toutes vos sessions prennent fin quand il est utilisé.

Si ce n’était pas vous, ne faites rien\u00a0: votre mot de passe reste inchangé.

Emergence
"""
NOTICE_FR = """Bonjour,

Le mot de passe de votre compte a été changé\u202f; les autres sessions ont pris fin.

Le 2026-11-22 12:00 (UTC), avec Firefox on Linux, depuis le réseau 198.51.100.0/24.

Vérifier la sécurité de votre compte
https://chat.example.org/reset-password#Abc-_9

Si c’était attendu, il n’y a rien à faire. \
Sinon, changez votre mot de passe et mettez fin aux sessions que vous ne connaissez pas.

Emergence
"""


def settings(**more: str) -> AuthSettings:
    return AuthSettings.read(mail_environ(NOWHERE, 25, **more))


def sent(kind: LetterKind, language: Language = "en", to: str = "ada@example.org", **values: str) -> EmailMessage:
    """Return the letter as it arrives: written to bytes and read again."""
    message = composed(settings(), LETTER_ID, Letter(kind, to, language, VALUES | values), WRITTEN_AT)
    arrived = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(arrived, EmailMessage)
    return arrived


@pytest.mark.parametrize(
    ("kind", "language", "words"),
    [("password_reset", "en", RESET_EN), ("password_reset", "fr", RESET_FR), ("password_changed", "fr", NOTICE_FR)],
)
def test_letters_read_like_this(kind: LetterKind, language: Language, words: str) -> None:
    assert plain(sent(kind, language)).replace("\r\n", "\n") == words


def test_the_headers_are_whole() -> None:
    letter = sent("password_reset", "fr")

    assert letter["from"] == "Emergence <no-reply@example.org>"
    assert letter["to"] == "ada@example.org"
    assert letter["subject"] == "Choisissez un nouveau mot de passe"
    assert letter["date"] == "Sun, 22 Nov 2026 12:00:00 +0000"
    assert letter["message-id"] == f"<{LETTER_ID}@example.org>"
    assert letter["auto-submitted"] == "auto-generated"
    assert letter["content-language"] == "fr"
    assert letter.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_letter_is_whole_in_both_languages_and_both_forms(kind: LetterKind, language: Language) -> None:
    letter, other = sent(kind, language), "fr" if language == "en" else "en"

    assert letter["subject"] != sent(kind, "fr" if language == "en" else "en")["subject"], other
    assert "{" not in plain(letter)
    for words in (plain(letter), html(letter)):
        assert (VALUES["link"] in words) is (kind in WITH_LINK)
    for paragraph in (*text_of(kind, language, VALUES).opening, *text_of(kind, language, VALUES).closing):
        assert paragraph in plain(letter)
    assert f'lang="{language}"' in html(letter)
    assert "'" not in plain(letter)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_paragraph_of_a_letter_begins_as_a_sentence_does(kind: LetterKind, language: Language) -> None:
    text = text_of(kind, language, VALUES)

    assert text.opening[0] == {"en": "Hello,", "fr": "Bonjour,"}[language]
    assert [each for each in (text.subject, *text.opening, *text.closing) if not each[0].isupper()] == []
    assert [each for each in text.opening[1:] if each[-1] not in ".:"] == []


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_line_is_longer_than_mail_may_carry(kind: LetterKind, language: Language) -> None:
    written = composed(settings(), LETTER_ID, Letter(kind, "a@b.org", language, VALUES), WRITTEN_AT).as_bytes()

    assert max(len(line) for line in written.split(b"\r\n")) <= 998  # RFC 5322 §2.1.1


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org\nSubject: won",
        "ada@example.org, eve@example.org",
        "ada@example.org;eve@example.org",
        "<ada@example.org>",
        "Ada <ada@example.org>",
        "ada@example.org\u2028Bcc: eve@example.org",
        'a"b@example.org',
        "ada@eve@example.org",
        "@example.org",
        "ada",
        "",
    ],
)
def test_an_address_cannot_write_headers_or_add_recipients(address: str) -> None:
    with pytest.raises(ValueError, match="plain mail address"):
        sent("password_reset", to=address)


async def test_an_odd_letter_is_given_up_and_those_behind_it_leave(posted: Posted) -> None:
    auth = posted.served.auth
    for to in ("ada@example.org\r\nBcc: eve@example.org", "bob@example.org"):
        async with auth.database.transaction() as tx:
            await queue_letter(auth, tx, Letter("suspended", to, "en", VALUES))

    await posted.mailbox.next_to("bob@example.org")

    assert posted.mailbox.recipients == ["bob@example.org"]


async def test_how_people_call_themselves_does_not_reach_a_letter(posted: Posted) -> None:
    served = posted.served
    browser, signed_in = await served.claimed()
    name = "Ada\r\nBcc: eve@example.org https://evil.example <b>"
    await served.auth.database.execute("UPDATE users SET display_name = $1", name)
    agent = "https://evil.example Firefox/140.0 (Windows NT 10.0) <script>"
    body = {"current_password": ADMINISTRATOR["password"], "new_password": "seven orange boats at dawn"}
    headers = {"authorization": f"Bearer {signed_in['access_token']}", "user-agent": agent}
    assert (await browser.post_json("/api/auth/change-password", body, **headers)).status_code == 204

    letter = await posted.mailbox.next_to(ADMINISTRATOR["email"])

    assert "with Firefox on Windows" in plain(letter)
    assert not any(word in letter.as_string() for word in ("evil", "eve@", "script", "Bcc"))


def test_values_are_text_in_both_forms() -> None:
    odd = "<img src=x onerror=alert(1)> {link} &amp;"
    letter = sent("password_changed", device=odd)

    assert odd in plain(letter)
    assert "<img" not in html(letter) and "&lt;img" in html(letter)


async def test_letters_come_in_the_language_of_the_first_sign_in(posted: Posted) -> None:
    served = posted.served
    browser = served.browser()
    await browser.post_json("/api/auth/setup", ADMINISTRATOR, **{"accept-language": "fr-FR,fr;q=0.9"})
    await served.browser().post_json(
        "/api/auth/request-password-reset", {"email": ADMINISTRATOR["email"]}, **{"accept-language": "en"}
    )

    letter = await posted.mailbox.next_to(ADMINISTRATOR["email"])

    assert letter["subject"] == "Choisissez un nouveau mot de passe"
    served.clock.advance(timedelta(minutes=1))
    await served.auth.database.execute("UPDATE users SET language = 'en'")
    await served.browser().post_json(
        "/api/auth/request-password-reset", {"email": ADMINISTRATOR["email"]}, **{"accept-language": "fr"}
    )
    assert (await posted.mailbox.next_to(ADMINISTRATOR["email"], 1))["subject"] == "Choose a new password"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "On 2026-11-22 12:00 (UTC), with Firefox on Linux."),
        ("fr", "Le 2026-11-22 12:00 (UTC), avec Firefox sur Linux."),
    ],
)
async def test_a_new_sign_in_is_told_with_browser_system_and_time_in_both_parts(
    posted: Posted, language: Language, sentence: str
) -> None:
    served = posted.served
    await served.claimed()
    await served.auth.database.execute("UPDATE users SET language = $1", language)
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0 <b>Visit evil.example</b>"

    body = {"email": ADMINISTRATOR["email"], "password": ADMINISTRATOR["password"]}
    await served.browser().post_json("/api/auth/login", body, **{"user-agent": agent})

    letter = await posted.mailbox.next_to(ADMINISTRATOR["email"])
    assert sentence.removesuffix(".") in plain(letter)
    assert sentence.removesuffix(".") in html(letter)
    assert "evil" not in letter.as_string()
    assert "143" not in plain(letter) + html(letter)

"""Make the message of a letter: plain text and simple HTML of the same words, and headers out of reach of content."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from html import escape
from string import Template
from uuid import UUID

from emergence.auth.mail.letters import Letter
from emergence.auth.mail.settings import MailSettings
from emergence.auth.mail.texts import Text, text_of
from emergence.contracts.auth.values import Language

SENDER_NAME = "Emergence"
SPECIALS = frozenset('()<>[]:;@\\,"')  # RFC 5322 §3.2.3: none of them in an address without quotes

PAGE = Template("""<!doctype html>
<html lang="$language">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>$title</title></head>
<body style="margin:0;padding:24px;background:#f4f4f2;color:#1d1d1b;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:32rem;margin:0 auto;padding:24px;background:#ffffff;border-radius:12px">
<p style="margin:0 0 16px;font-weight:600">Emergence</p>
$content
</div>
</body>
</html>
""")
PARAGRAPH = '<p style="margin:0 0 16px">{}</p>'
CODE = '<p style="margin:0 0 16px;font:600 28px/1.2 ui-monospace,monospace;letter-spacing:2px">{}</p>'
BUTTON = (
    '<p style="margin:0 0 16px"><a href="{href}" style="display:inline-block;padding:10px 20px;border-radius:8px;'
    'background:#3f4aa8;color:#ffffff;text-decoration:none">{label}</a></p>'
    '<p style="margin:0 0 16px;font-size:13px;word-break:break-all">{href}</p>'
)


def composed(settings: MailSettings, letter_id: UUID, letter: Letter, written_at: datetime) -> EmailMessage:
    """Return the message. It is the same each time, its Message-ID too, so that receivers know a repetition.

    Raises ValueError when an address would add to the headers.
    """
    text = text_of(letter.kind, letter.language, letter.values)
    sender = settings.smtp_from_email or ""
    is_ascii = (sender + letter.to).isascii()
    message = EmailMessage(policy=SMTP if is_ascii else SMTPUTF8)
    message["From"] = Address(SENDER_NAME, addr_spec=sender)
    message["To"] = _mailbox(letter.to)
    if [each.addr_spec for each in message["To"].addresses] != [letter.to]:  # as an encoded word is read otherwise
        raise ValueError("this mail address is read as another one")
    message["Subject"] = text.subject
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = f"<{letter_id}@{sender.rpartition('@')[2].encode('idna').decode()}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs do not answer
    message["X-Auto-Response-Suppress"] = "All"  # what Exchange reads instead
    message.set_content(_plain(text))
    message.add_alternative(_html(text, letter.language), subtype="html")
    message["Content-Language"] = letter.language  # last: what is set before moves into the first part
    return message


def _mailbox(address: str) -> str:
    """Return the address if it can only be read as one, also beyond ASCII (RFC 6531). Raises ValueError."""
    local, _, domain = address.rpartition("@")
    is_odd = any(each in SPECIALS or each.isspace() or not each.isprintable() for each in local + domain)
    if is_odd or not local or not domain:
        raise ValueError("this is not one plain mail address")
    return address


def _plain(text: Text) -> str:
    parts = [*text.opening]
    if text.code:
        parts.append(f"    {text.code}")
    if text.link:
        parts.append(f"{text.label}\n{text.link}" if text.label else text.link)
    return "\n\n".join([*parts, *text.closing, "Emergence"]) + "\n"


def _html(text: Text, language: Language) -> str:
    parts = [PARAGRAPH.format(escape(each)) for each in text.opening]
    if text.code:
        parts.append(CODE.format(escape(text.code)))
    if text.link:
        parts.append(BUTTON.format(href=escape(text.link, quote=True), label=escape(text.label)))
    parts += [PARAGRAPH.format(escape(each)) for each in text.closing]
    return PAGE.substitute(language=language, title=escape(text.subject), content="\n".join(parts))

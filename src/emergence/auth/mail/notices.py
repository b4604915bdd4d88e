"""Which events of the audit log are told to the account's owner by mail."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from emergence.auth.callers import Caller
from emergence.auth.languages import DEFAULT_LANGUAGE
from emergence.auth.mail.device_name import device_name
from emergence.auth.mail.letters import Letter, NoticeKind
from emergence.auth.mail.links import page_address
from emergence.auth.mail.queue_letter import queue_letter
from emergence.auth.mail.texts.removed import removed_words
from emergence.auth.parts import Auth
from emergence.auth.store import recipients
from emergence.kernel.storage.database import Transaction


class Happened(Protocol):
    """What the audit log is told of an event, as far as a letter is concerned."""

    @property
    def type(self) -> str: ...
    @property
    def subject(self) -> UUID | None: ...
    @property
    def outcome(self) -> str: ...
    @property
    def data(self) -> Mapping[str, str | int | bool]: ...


ALWAYS: Mapping[str, NoticeKind] = {
    "account.password_changed": "password_changed",
    "account.password_set": "password_set",
    "account.password_reset": "password_was_reset",
    "account.email_changed": "email_changed",
    "account.email_change_undone": "email_change_undone",
    "account.deletion_requested": "deletion_requested",
    "account.deletion_cancelled": "deletion_cancelled",
    "account.suspended": "suspended",
    "admin.impersonation_started": "impersonated",
    "admin.export_requested": "exported",
    "admin.export_downloaded": "export_downloaded",
    "admin.second_factor_reset": "second_factor_reset",
    "factor.totp_enabled": "totp_enabled",
    "factor.totp_disabled": "totp_disabled",
    "factor.recovery_codes_renewed": "recovery_codes_renewed",
    "factor.passkey_added": "passkey_added",
    "factor.passkey_removed": "passkey_removed",
    "account.identity_linked": "identity_linked",
    "account.identity_unlinked": "identity_unlinked",
}
# Only where the event's data says so: name, value, letter.
SOMETIMES: Mapping[str, tuple[str, str | bool, NoticeKind]] = {
    "session.login": ("new_device", True, "new_device"),
    "session.stepped_up": ("new_device", True, "new_device"),
    "session.revoked": ("reason", "refresh_token_reused", "session_stolen"),
    "factor.code": ("method", "recovery_code", "recovery_code_used"),
}


def notice_of(event: Happened) -> NoticeKind | None:
    """Return which letter an event is told by, if by any; failures are not."""
    if event.outcome != "success":
        return None
    if event.type in SOMETIMES:
        name, value, kind = SOMETIMES[event.type]
        return kind if event.data.get(name) == value else None
    return ALWAYS.get(event.type)


async def queue_notice(auth: Auth, tx: Transaction, event: Happened, caller: Caller | None) -> None:
    """Tell the account's owner of an event, at their primary address, where it is worth a letter and they have one."""
    kind = notice_of(event)
    if kind is None or event.subject is None or not auth.settings.sends_mail():
        return
    recipient = await recipients.read_recipient(tx, event.subject)
    if recipient is None:
        return
    language = recipient.language or DEFAULT_LANGUAGE
    values = {
        "at": f"{auth.clock.now():%Y-%m-%d %H:%M}",
        "link": page_address(auth, "settings/security"),
        "device": device_name(caller.agent, language) if caller else "",
        "network": (caller.prefix() or "") if caller else "",
        "removed": removed_words(event.data, language),
    }
    await queue_letter(auth, tx, Letter(kind, recipient.email, language, values, user_id=event.subject))

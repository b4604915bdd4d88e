"""What a letter is, before it is written down or sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from emergence.contracts.auth.values import Language

LinkKind = Literal[
    "password_reset",
    "email_verification",
    "email_change",
    "email_change_undo",
    "magic_link",
    "registration",
    "registration_known",
    "invitation",
]
NoticeKind = Literal[
    "new_device",
    "password_changed",
    "password_set",
    "password_was_reset",
    "totp_enabled",
    "totp_disabled",
    "recovery_codes_renewed",
    "recovery_code_used",
    "passkey_added",
    "passkey_removed",
    "identity_linked",
    "identity_unlinked",
    "session_stolen",
    "email_changed",
    "email_change_undone",
    "deletion_requested",
    "deletion_cancelled",
    "impersonated",
    "exported",
    "export_downloaded",
    "second_factor_reset",
    "suspended",
]
FormerAddressKind = Literal["address_given_up"]
LetterKind = LinkKind | NoticeKind | FormerAddressKind

GIVEN_UP_AFTER = timedelta(days=4)  # RFC 5321 §4.5.4.1: at least 4 to 5 days


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one address; `values` go into its text. `ends_at` is when its link dies: it is not sent later."""

    kind: LetterKind
    to: str
    language: Language
    values: Mapping[str, str] = field(default_factory=dict)
    ends_at: datetime | None = None
    user_id: UUID | None = None

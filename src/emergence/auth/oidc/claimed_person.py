"""What a provider says of a person, as far as it is believed."""

import re
from dataclasses import dataclass

from emergence.auth.oidc.provider_settings import OidcProvider
from emergence.auth.oidc.provider_tokens import Proof
from emergence.contracts.auth.visible_text import visible_part

EMAIL_MAX_CHARACTERS = 254
NAME_MAX_CHARACTERS = 80
UNKNOWN_NAME = "?"

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")
_NOT_PRINTED = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class ClaimedPerson:
    """`email` is theirs beyond doubt, or absent; `email_as_told` is only to be shown to them."""

    name: str
    email: str | None
    email_as_told: str | None


def claimed_person(provider: OidcProvider, proof: Proof) -> ClaimedPerson:
    """Return the person in a proof. Only `email_verified: true` of a trusted provider makes the address theirs."""
    told = _email(proof.claims.get("email"))
    is_verified = proof.claims.get("email_verified") is True  # "true" is text, and text proves nothing
    email = told if told is not None and is_verified and provider.is_trusted_for(told) else None
    return ClaimedPerson(_name(proof.claims.get("name"), told), email, told)


def _email(value: object) -> str | None:
    if not isinstance(value, str) or len(value) > EMAIL_MAX_CHARACTERS or not _EMAIL.fullmatch(value):
        return None
    return value if _is_encodable(value) else None


def _name(value: object, email: str | None) -> str:
    given = value if isinstance(value, str) and _is_encodable(value) else ""
    name = visible_part(_NOT_PRINTED.sub(" ", given)).strip()[:NAME_MAX_CHARACTERS]
    return name or (email or UNKNOWN_NAME).partition("@")[0][:NAME_MAX_CHARACTERS]


def _is_encodable(text: str) -> bool:
    """Return whether it is text: JSON can hold halves of characters that no encoding has."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

"""The one form in which e-mail addresses are compared, stored as unique and counted."""

from unicodedata import normalize


def normalised_email(address: str) -> str:
    """Return the address trimmed, in Unicode's composed form (NFC) and lower case. Idempotent.

    Nothing provider-specific (dots, plus tags): two addresses that one provider delivers to one
    box may be two people at another.
    """
    return normalize("NFC", normalize("NFC", address.strip()).lower())

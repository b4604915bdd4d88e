"""Which passwords may be chosen."""

from unicodedata import normalize

from emergence.contracts.auth.problems import PasswordRefused
from emergence.contracts.auth.values import PASSWORD_MAX_BYTES


def require_acceptable(password: str, *, min_length: int) -> None:
    """Accept any characters, spaces included, in any mixture; only the length counts.

    Length is counted in characters after composition (NFC), the upper limit in UTF-8 bytes.
    Raises PasswordRefused. Source: NIST SP 800-63B-4 §3.1.1.
    """
    composed = normalize("NFC", password)
    if len(composed) < min_length:
        raise PasswordRefused(f"Choose a password of at least {min_length} characters; a few words are easy to keep.")
    if len(composed.encode()) > PASSWORD_MAX_BYTES:
        raise PasswordRefused(f"Choose a password of at most {PASSWORD_MAX_BYTES} bytes.")

"""What an authenticator app does with a seed."""

from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from emergence.auth.totp import DIGITS, STEP_S


def code_at(seed: bytes, moment: datetime) -> str:
    """Return the code that it shows at a moment."""
    return TOTP(seed, DIGITS, SHA1(), STEP_S, enforce_key_length=False).generate(int(moment.timestamp())).decode()

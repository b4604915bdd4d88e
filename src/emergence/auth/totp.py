"""Time-based one-time codes (RFC 6238): six digits, 30 seconds, SHA-1, as every authenticator app has them."""

import os
from base64 import b32encode
from datetime import datetime

from cryptography.hazmat.primitives import constant_time
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SEED_BYTES = 20  # 160 bits, RFC 4226 §4
DIGITS = 6
STEP_S = 30
PRODUCT = "Emergence"


def new_seed() -> bytes:
    """Return a random seed."""
    return os.urandom(SEED_BYTES)


def seed_text(seed: bytes) -> str:
    """Return the seed as people type it into an authenticator (RFC 4648 base32)."""
    return b32encode(seed).decode()


def enrolment_uri(seed: bytes, account: str) -> str:
    """Return what a QR code holds: the key URI format that authenticator apps share."""
    return _codes(seed).get_provisioning_uri(account, PRODUCT)


def matching_step(seed: bytes, code: str, now: datetime, *, skew: int) -> int | None:
    """Return the step of time whose code this is: the current one or one of the `skew` before it, else None.

    A clock that is behind is forgiven (RFC 6238 §5.2), one that is ahead is not.
    """
    codes, current = _codes(seed), int(now.timestamp()) // STEP_S
    steps = range(current, current - skew - 1, -1)
    return next((step for step in steps if constant_time.bytes_eq(codes.generate(step * STEP_S), code.encode())), None)


def _codes(seed: bytes) -> TOTP:
    # Ours are long enough; those of a former system may have 80 bits, and are better than no second factor.
    return TOTP(seed, DIGITS, SHA1(), STEP_S, enforce_key_length=False)  # noqa: S303 - what authenticator apps speak

"""Seals small secrets at rest: AES-256-GCM under a key derived from a deployment's secret."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

NONCE_BYTES = 12  # NIST SP 800-38D §5.2.1.1
FORMAT = b"\x01"


class SealBroken(Exception):
    """The bytes were sealed with another secret or for another place, or were changed."""


def derived_key(secret: SecretStr, label: str) -> bytes:
    """Return 32 bytes for one purpose (HKDF-SHA256, RFC 5869); `label` names the purpose and its version."""
    return HKDF(SHA256(), length=32, salt=None, info=label.encode()).derive(secret.get_secret_value().encode())


class Seal:
    """Seals and opens values of one purpose; `place` binds a value to its row, so that rows cannot be swapped.

    What the secret before sealed can still be opened while `previous` is given.
    """

    def __init__(self, secret: SecretStr, label: str, previous: SecretStr | None = None) -> None:
        self._cipher = AESGCM(derived_key(secret, label))
        self._former = AESGCM(derived_key(previous, label)) if previous is not None else None

    def close(self, plain: bytes, place: str) -> bytes:
        """Return the sealed form: format byte, random nonce, ciphertext with tag."""
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Return the plain value. Raises SealBroken."""
        try:
            return _opened(self._cipher, sealed, place)
        except SealBroken:
            if self._former is None:
                raise
            return _opened(self._former, sealed, place)

    def renewed(self, sealed: bytes, place: str) -> bytes | None:
        """Return the value sealed by the present secret, or None when it is already. Raises SealBroken."""
        try:
            _opened(self._cipher, sealed, place)
        except SealBroken:
            return self.close(self.open(sealed, place), place)
        return None


def _opened(cipher: AESGCM, sealed: bytes, place: str) -> bytes:
    if sealed[:1] != FORMAT:
        raise SealBroken()
    try:
        return cipher.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], place.encode())
    except (InvalidTag, ValueError) as broken:
        raise SealBroken() from broken

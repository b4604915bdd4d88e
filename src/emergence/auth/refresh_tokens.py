"""The form of refresh tokens: each is a function of its family's row and a key, so none is stored."""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

KEY_LABEL = "rt/v1"
_FORM = re.compile(r"rt1\.([0-9a-f]{32})\.(0|[1-9][0-9]{0,17})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A token taken apart; nothing in it is believed before its mac was compared."""

    session_id: UUID
    generation: int
    mac: str


class RefreshTokens:
    """Writes and checks refresh tokens. A leaked database or a leaked key alone forges none: it takes salt and key.

    Those written with the key before, `former_key`, are genuine too; their successors are written with the present one.
    """

    def __init__(self, key: bytes, former_key: bytes | None = None) -> None:
        self._key = key
        self._former_key = former_key

    def write(self, session_id: UUID, generation: int, salt: bytes) -> str:
        """Return the token of one generation of a family."""
        return f"rt1.{session_id.hex}.{generation}.{_mac(self._key, session_id, generation, salt)}"

    def is_genuine(self, token: RefreshToken, salt: bytes) -> bool:
        """Return whether we wrote this token for the family with this salt."""
        keys = [self._key] if self._former_key is None else [self._key, self._former_key]
        return any(hmac.compare_digest(token.mac, _mac(key, token.session_id, token.generation, salt)) for key in keys)


def _mac(key: bytes, session_id: UUID, generation: int, salt: bytes) -> str:
    message = f"{session_id.hex}|{generation}|".encode() + salt
    return urlsafe_b64encode(hmac.digest(key, message, sha256)).rstrip(b"=").decode()


def parsed(text: str | None) -> RefreshToken | None:
    """Return the parts of a token, or None when it has another form."""
    match = _FORM.fullmatch(text or "")
    return RefreshToken(UUID(match[1]), int(match[2]), match[3]) if match else None

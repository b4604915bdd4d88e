"""Lists of published passwords as a bloom filter over their SHA-1: 2.4 MB for a million, one in ten thousand wrong."""

from collections.abc import Iterable
from hashlib import sha1, sha256
from pathlib import Path
from re import compile as pattern
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rbloom import Bloom

FORMAT = b"emergence-breached-passwords-1\n"
STARTS_AT = len(FORMAT) + sha256().digest_size
WRONGLY_FOUND = 1e-4
# The form of the lists that breach services publish: a SHA-1 in capitals, and how often it was seen.
_HASHED = pattern(rb"([0-9A-Fa-f]{40})(?::[0-9]+)?")


class NoBreachedList(Exception):
    """The file cannot be read, or is none of ours."""


class BreachedList:
    """Knows passwords that were published; may take others for published, never the other way round."""

    def __init__(self, bloom: "Bloom") -> None:
        self._bloom = bloom

    @classmethod
    def of(cls, lines: Iterable[bytes], count: int) -> "BreachedList":
        """Make a list from `count` lines at most: passwords, or their SHA-1 in hexadecimal with or without a count."""
        from rbloom import Bloom

        bloom = Bloom(max(count, 1), WRONGLY_FOUND, _place)
        bloom.update(_digest(line) for line in lines)
        return cls(bloom)

    @classmethod
    def read(cls, file: Path) -> "BreachedList":
        """Read a list that `save` wrote. Raises NoBreachedList."""
        from rbloom import Bloom

        try:
            content = file.read_bytes()
        except OSError as unreadable:
            raise NoBreachedList(f"cannot be read ({type(unreadable).__name__})") from unreadable
        if not content.startswith(FORMAT):
            raise NoBreachedList("is not a list that `emergence breached` made")
        checksum, filled = content[len(FORMAT) : STARTS_AT], content[STARTS_AT:]
        if sha256(filled).digest() != checksum:
            raise NoBreachedList("is damaged, or was not copied to its end")
        return cls(Bloom.load_bytes(filled, _place))

    def save(self, file: Path) -> int:
        """Write the list and return its size in bytes."""
        filled = self._bloom.save_bytes()
        return file.write_bytes(FORMAT + sha256(filled).digest() + filled)

    def __contains__(self, password: str) -> bool:
        return sha1(password.encode(), usedforsecurity=False).digest() in self._bloom


def _digest(line: bytes) -> bytes:
    password = line.rstrip(b"\r\n")
    if hashed := _HASHED.fullmatch(password):
        return bytes.fromhex(hashed[1].decode())
    return sha1(password, usedforsecurity=False).digest()


def _place(digest: bytes) -> int:
    """Return the 128 bits that the filter wants; Python's own hash differs from process to process."""
    return int.from_bytes(digest[:16], "big", signed=True)

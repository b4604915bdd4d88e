"""A JSON list of objects, cut into its objects while it is read: one of them in memory at a time."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from emergence.contracts.session.carrying import ImportFault
from emergence.session.imports.found import Unreadable

DEPTH_MAX = 200  # real exports have about ten; parsers recurse
OBJECT_MAX_BYTES = 64 * 1024 * 1024

_OUTSIDE: Final = re.compile(rb'["\[\]{}]')
_INSIDE: Final = re.compile(rb'["\\]')
_NOT_BLANK: Final = re.compile(rb"[^ \t\r\n]")


def objects_of(chunks: Iterable[bytes], place: str) -> Iterator[bytes]:
    """Yield the bytes of each object of a list. Raises Unreadable.

    What is inside an object is only followed as far as strings and brackets go; reading it is up to the caller.
    """
    splitter = _Splitter(place)
    for chunk in chunks:
        yield from splitter.feed(chunk)
    splitter.end()


class _Splitter:
    def __init__(self, place: str) -> None:
        self._place = place
        self._found = 0
        self._depth = 0  # 1 is inside the list
        self._held = bytearray()  # of the object that has begun
        self._is_in_string = False
        self._is_escaped = False
        self._is_over = False
        self._is_comma_due = False
        self._seen_comma = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Take more of the list; yield what is whole by now."""
        at = 0
        while at < len(chunk):
            if self._depth >= 2:
                at = self._inside_object(chunk, at)
                if self._depth == 1:
                    yield bytes(self._held)
                    self._held.clear()
                    self._is_comma_due, self._seen_comma = True, False
            else:
                match = _NOT_BLANK.search(chunk, at)
                if match is None:
                    return
                self._between(match[0])
                at = match.end()

    def end(self) -> None:
        """Say that nothing more comes. Raises Unreadable for half a list."""
        if not self._is_over:
            raise self._refused("damaged", "the file ends before its list does")

    def _between(self, byte: bytes) -> None:
        if self._depth == 0:
            if self._is_over or byte != b"[":
                raise self._refused("malformed", "something else than one list is in the file")
            self._depth = 1
        elif byte == b"{" and not self._is_comma_due:
            self._depth = 2
            self._held += byte
        elif byte == b"," and self._is_comma_due:
            self._is_comma_due, self._seen_comma = False, True
        elif byte == b"]" and not self._seen_comma:
            self._depth, self._is_over = 0, True
        else:
            raise self._refused("malformed", "an object was expected here")

    def _inside_object(self, chunk: bytes, at: int) -> int:
        """Hold what belongs to the object that has begun; return where it ends or the chunk does."""
        begun = at
        while at < len(chunk) and self._depth >= 2:
            if self._is_escaped:
                self._is_escaped = False
                at += 1
                continue
            match = (_INSIDE if self._is_in_string else _OUTSIDE).search(chunk, at)
            if match is None:
                at = len(chunk)
                break
            at = match.end()
            self._heed(match[0])
        if len(self._held) + at - begun > OBJECT_MAX_BYTES:
            raise self._refused("too_long", f"this conversation is longer than {OBJECT_MAX_BYTES // 1024**2} MB")
        self._held += chunk[begun:at]
        if self._depth == 1:
            self._found += 1
        return at

    def _heed(self, sign: bytes) -> None:
        if sign == b"\\":
            self._is_escaped = True
        elif sign == b'"':
            self._is_in_string = not self._is_in_string
        elif sign in b"[{":
            self._depth += 1
            if self._depth > DEPTH_MAX:
                raise self._refused("too_deep", f"this is nested more than {DEPTH_MAX} deep")
        else:
            self._depth -= 1

    def _refused(self, fault: ImportFault, reason: str) -> Unreadable:
        return Unreadable(f"{self._place}[{self._found}]", fault, reason)

"""JSON followed as far as its strings, brackets and commas go, so that reading it cannot take more than it is worth."""

import re
from typing import Final

from emergence.contracts.session.carrying import ImportFault

DEPTH_MAX = 200  # real exports have about ten; parsers recurse
# Read, a value takes up to a kilobyte however short it is written: two bytes of a file, hardly one of an archive. Real
# conversations of thousands of messages stay below a million of these.
MARKS_MAX = 1_500_000

_OUTSIDE: Final = re.compile(rb'[",\[\]{}]')
_INSIDE: Final = re.compile(rb'["\\]')


class TooMuch(Exception):
    """This is no conversation that somebody had; its members say why."""

    def __init__(self, fault: ImportFault, reason: str) -> None:
        super().__init__(reason)
        self.fault: ImportFault = fault
        self.reason = reason


class FollowedJson:
    """Where reading stands in one value that may come in pieces; `depth` is 0 before and after it."""

    def __init__(self) -> None:
        self.depth = 0
        self._marks = 0
        self._is_in_string = False
        self._is_escaped = False

    def follow(self, chunk: bytes, at: int = 0) -> int:
        """Go on at a place; return where the brackets are closed, or the chunk ends. Raises TooMuch."""
        while at < len(chunk):
            if self._is_escaped:
                self._is_escaped = False
                at += 1
                continue
            match = (_INSIDE if self._is_in_string else _OUTSIDE).search(chunk, at)
            if match is None:
                return len(chunk)
            at = match.end()
            self._heed(match[0])
            if self.depth == 0:
                return at
        return at

    def _heed(self, sign: bytes) -> None:
        if sign == b"\\":
            self._is_escaped = True
        elif sign == b'"':
            self._is_in_string = not self._is_in_string
            self._count(self._is_in_string)
        elif sign in b"[{":
            self.depth += 1
            self._count()
            if self.depth > DEPTH_MAX:
                raise TooMuch("too_deep", f"this is nested more than {DEPTH_MAX} deep")
        elif sign == b",":
            self._count()
        else:
            self.depth -= 1

    def _count(self, is_one: bool = True) -> None:
        self._marks += is_one
        if self._marks > MARKS_MAX:
            raise TooMuch("too_long", "this conversation has too many parts")

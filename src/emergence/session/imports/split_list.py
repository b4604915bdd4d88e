"""A JSON list of objects, cut into its objects while it is read: one of them in memory at a time."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from emergence.contracts.session.carrying import ImportFault
from emergence.session.imports.follow_json import FollowedJson, TooMuch
from emergence.session.imports.found import Unreadable

OBJECT_MAX_BYTES = 64 * 1024 * 1024

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
        self._held = bytearray()  # of the object that has begun
        self._object: FollowedJson | None = None  # that has begun
        self._has_begun = False
        self._is_over = False
        self._is_comma_due = False
        self._seen_comma = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Take more of the list; yield what is whole by now."""
        at = 0
        while at < len(chunk):
            if self._object is None:
                match = _NOT_BLANK.search(chunk, at)
                if match is None:
                    return
                self._between(match[0])
                at = match.end() if self._object is None else match.start()
            else:
                at = self._inside(self._object, chunk, at)
                if self._object.depth == 0:
                    self._object = None
                    self._found += 1
                    yield bytes(self._held)
                    self._held.clear()
                    self._is_comma_due, self._seen_comma = True, False

    def end(self) -> None:
        """Say that nothing more comes. Raises Unreadable for half a list."""
        if not self._is_over:
            raise self._refused("damaged", "the file ends before its list does")

    def _between(self, byte: bytes) -> None:
        if not self._has_begun or self._is_over:
            if self._is_over or byte != b"[":
                raise self._refused("malformed", "something else than one list is in the file")
            self._has_begun = True
        elif byte == b"{" and not self._is_comma_due:
            self._object = FollowedJson()
        elif byte == b"," and self._is_comma_due:
            self._is_comma_due, self._seen_comma = False, True
        elif byte == b"]" and not self._seen_comma:
            self._is_over = True
        else:
            raise self._refused("malformed", "an object was expected here")

    def _inside(self, begun: FollowedJson, chunk: bytes, at: int) -> int:
        """Hold what belongs to the object that has begun; return where it ends or the chunk does."""
        try:
            end = begun.follow(chunk, at)
        except TooMuch as refused:
            raise self._refused(refused.fault, refused.reason) from None
        if len(self._held) + end - at > OBJECT_MAX_BYTES:
            raise self._refused("too_long", f"this conversation is longer than {OBJECT_MAX_BYTES // 1024**2} MB")
        self._held += chunk[at:end]
        return end

    def _refused(self, fault: ImportFault, reason: str) -> Unreadable:
        return Unreadable(f"{self._place}[{self._found}]", fault, reason)

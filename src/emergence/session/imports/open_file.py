"""A file that somebody brings: which kind it is, and its conversations one after the other, within bounds."""

import re
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from lzma import LZMAError
from typing import IO, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from emergence.contracts.session.carrying import THREAD_FORMAT, ImportFormat
from emergence.session.imports.follow_json import FollowedJson, TooMuch
from emergence.session.imports.found import Found, Refused, Unreadable
from emergence.session.imports.read_chatgpt import read_chatgpt
from emergence.session.imports.read_own import read_own
from emergence.session.imports.split_list import OBJECT_MAX_BYTES, objects_of

CHUNK_BYTES = 1024 * 1024
CONVERSATIONS_MAX = 100_000  # each is looked at twice, and noted; years of daily ones are some thousands
DIRECTORY_MAX_BYTES = 32 * 1024 * 1024  # about 300,000 files; reading the list needs some ten times that
_END_OF_DIRECTORY = b"PK\x05\x06"
_END_MAX_BYTES = 22 + 65_535
_CHATGPT = re.compile(r"(?:^|/)conversations(?:-\d+)?\.json$")
_BLANK = b" \t\r\n"
_MARK = b"\xef\xbb\xbf"
# How zipfile says that an archive is damaged (wrong offsets are a ValueError), or packed in a way that it does not know
# (one kind of RuntimeError).
_DAMAGED = (BadZipFile, EOFError, zlib.error, LZMAError, OSError, MemoryError, ValueError, OverflowError, RuntimeError)


class OpenedFile:
    """An upload on its way in; read it off the event loop. `agent` goes on with what another program's people began."""

    def __init__(self, file: BinaryIO, agent: str, max_unpacked_bytes: int) -> None:
        """Find out what it is. Raises Unreadable."""
        self._file = file
        self._agent = agent
        self._max_unpacked_bytes = max_unpacked_bytes
        self._is_zip = _begins(file) == b"PK"
        self.format: ImportFormat = self._format()
        if self.format == "emergence" and not self._is_zip:
            self._require_one()

    def conversations(self) -> Generator[Found | Refused, None, None]:
        """Yield what is in it, from the beginning each time. Raises Unreadable."""
        for number, each in enumerate(self._all()):
            if number >= CONVERSATIONS_MAX:
                raise Unreadable("file", "too_large", f"more than {CONVERSATIONS_MAX} conversations are in it")
            yield each

    def _all(self) -> Iterator[Found | Refused]:
        if not self._is_zip:
            self._file.seek(0)
            yield from self._read(self._file, "file", _Budget(self._max_unpacked_bytes))
            return
        budget = _Budget(self._max_unpacked_bytes)
        with _opened(self._file) as archive:
            for entry in self._entries(archive):
                with _named(entry), archive.open(entry) as content:
                    yield from self._read(content, entry.filename, budget)

    def _require_one(self) -> None:
        """Refuse a single conversation that does not fit here, where whoever brings it hears of it."""
        for found in self.conversations():
            if isinstance(found, Refused):
                raise Unreadable(found.place, found.fault, found.reason)

    def _read(self, content: IO[bytes], place: str, budget: "_Budget") -> Iterator[Found | Refused]:
        if self.format == "emergence":
            try:
                whole = b"".join(_followed(_chunks(content, place, budget, OBJECT_MAX_BYTES)))
            except TooMuch as refused:
                yield Refused(place, refused.fault, refused.reason)
            else:
                yield read_own(whole, place)
            return
        for number, each in enumerate(objects_of(_chunks(content, place, budget, None), place)):
            yield read_chatgpt(each, f"{place}[{number}]", self._agent)

    def _format(self) -> ImportFormat:
        if self._is_zip:
            with _opened(self._file) as archive:
                names = [entry.filename for entry in archive.infolist()]
            if any(_CHATGPT.search(name) for name in names):
                return "chatgpt"
            if any(_is_ours(name) for name in names):
                return "emergence"
            raise Unreadable(
                "file",
                "no_conversations",
                "no conversations are in this archive: neither conversations.json nor threads/*.json",
            )
        self._file.seek(0)
        begins = self._file.read(4096).removeprefix(_MARK).lstrip(_BLANK)
        if begins.startswith(b"["):
            return "chatgpt"
        if begins.startswith(b"{") and THREAD_FORMAT.encode() in begins:
            return "emergence"
        raise Unreadable(
            "file", "not_an_export", "this is neither a conversation of Emergence nor an export of ChatGPT"
        )

    def _entries(self, archive: ZipFile) -> list[ZipInfo]:
        is_wanted = _is_ours if self.format == "emergence" else _CHATGPT.search
        return [entry for entry in archive.infolist() if is_wanted(entry.filename)]


class _Budget:
    """How much may still be unpacked, of all files together."""

    def __init__(self, left: int) -> None:
        self.left = left


def _chunks(content: IO[bytes], place: str, budget: _Budget, most: int | None) -> Iterator[bytes]:
    seen = 0
    while chunk := content.read(CHUNK_BYTES):
        if seen == 0:
            chunk = chunk.removeprefix(_MARK)
        seen += len(chunk)
        budget.left -= len(chunk)
        if budget.left < 0:
            raise Unreadable(place, "too_large", "unpacked, this is more than the server takes")
        if most is not None and seen > most:
            raise Unreadable(place, "too_long", f"this conversation is longer than {most // 1024**2} MB")
        yield chunk


def _followed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces of one conversation as long as reading it is bounded. Raises TooMuch."""
    followed = FollowedJson()
    for chunk in chunks:
        at = 0
        while at < len(chunk):
            at = followed.follow(chunk, at)
        yield chunk


def _begins(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(2)


def _is_ours(name: str) -> bool:
    return name.startswith("threads/") and name.endswith(".json")


@contextmanager
def _opened(file: BinaryIO) -> Iterator[ZipFile]:
    _require_short_directory(file)
    try:
        with ZipFile(file) as archive:
            yield archive
    except _DAMAGED as broken:
        raise Unreadable("file", "damaged", "this archive is damaged") from broken


@contextmanager
def _named(entry: ZipInfo) -> Iterator[None]:
    if entry.flag_bits & 1:
        raise Unreadable(entry.filename, "encrypted", "this is encrypted")
    try:
        yield
    except _DAMAGED as broken:
        reason = "this is damaged, or packed in a way that is not known here"
        raise Unreadable(entry.filename, "damaged", reason) from broken


def _require_short_directory(file: BinaryIO) -> None:
    """Look at how long the list of files is before anything reads all of it. Raises Unreadable."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_MAX_BYTES))
    tail = file.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) - at < 22:
        raise Unreadable("file", "damaged", "this archive is damaged")
    if int.from_bytes(tail[at + 12 : at + 16], "little") > DIRECTORY_MAX_BYTES:
        raise Unreadable("file", "too_many_files", "this archive holds too many files")

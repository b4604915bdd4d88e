"""A ZIP file that is written from front to back: a file of JSON for each table, and what they are."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import IO, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from emergence.kernel.zip_sink import ZipSink

READ_ME = """\
This is everything that this server keeps about you: one folder for each of its services, one file for
each table, and in it a list of rows in JSON. contents.json counts them. Passwords, codes and keys are
left out; all that is kept of them cannot be turned back.

Voici tout ce que ce serveur conserve à votre sujet : un dossier par service, un fichier par table, et
dans chacun une liste de lignes en JSON. contents.json en donne le nombre. Les mots de passe, les codes et
les clés n’y sont pas ; ce qui en est conservé ne permet pas de les retrouver.
"""


class Piece(NamedTuple):
    """A piece of one row's JSON text, and where it belongs; the pieces of a table follow each other."""

    service: str
    table: str
    text: str
    is_last: bool


class Archive:
    """What is added comes out of `take`, in order; after `close` the last of it.

    Compressing is slow: use it off the event loop.
    """

    def __init__(self, made_at: datetime) -> None:
        self._made_at = made_at
        self._sink = ZipSink()
        self._zip = ZipFile(self._sink, "w", ZIP_DEFLATED)  # type: ignore[call-overload]
        self._counts: dict[str, dict[str, int]] = {}
        self._open: tuple[tuple[str, str], IO[bytes]] | None = None
        self._is_in_row = False
        self._zip.writestr(self._entry("README.txt"), READ_ME)

    @property
    def held_bytes(self) -> int:
        """How much `take` would return."""
        return len(self._sink.held)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        return self._sink.take()

    def add(self, pieces: Iterable[Piece]) -> None:
        """Add pieces of rows."""
        for piece in pieces:
            file = self._file_of(piece.service, piece.table)
            if not self._is_in_row:
                counts = self._counts[piece.service]
                file.write(b",\n" if counts[piece.table] else b"[\n")
                counts[piece.table] += 1
            file.write(piece.text.encode())
            self._is_in_row = not piece.is_last

    def close(self) -> None:
        """Add the summary and the directory; the archive is whole then."""
        self._end_file()
        summary = {"made_at": self._made_at.isoformat(), "rows": self._counts}
        self._zip.writestr(self._entry("contents.json"), json.dumps(summary, indent=2) + "\n")
        self._zip.close()

    def _file_of(self, service: str, table: str) -> IO[bytes]:
        if self._open is None or self._open[0] != (service, table):
            self._end_file()
            opened = self._zip.open(self._entry(f"{service}/{table}.json"), "w", force_zip64=True)
            self._open = ((service, table), opened)
            self._counts.setdefault(service, {})[table] = 0
        return self._open[1]

    def _end_file(self) -> None:
        if self._open is not None:
            self._open[1].write(b"\n]\n")
            self._open[1].close()
            self._open = None

    def _entry(self, name: str) -> ZipInfo:
        at = self._made_at
        entry = ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
        entry.compress_type = ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        return entry

"""The file of refusals: a new one that its owner alone reads, and never one in which something is already."""

import os
from pathlib import Path
from typing import TextIO

BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite keeps of a database
OWNER_ALONE = 0o600  # rows name addresses and say whose they are
THE_DATABASE = "--refused {file}: this name belongs to the former database; give another one. Nothing was done."
THERE_ALREADY = (
    "--refused {file}: this is there already, and nothing is written over; give another name. Nothing was done."
)
NO_FOLDER = "--refused {file}: the folder {folder} is not there; make it, or give another name. Nothing was done."


class NoNewFile(Exception):
    """The file of refusals cannot be that one; the message says why."""


def require_new(file: Path, database: Path) -> None:
    """Raise NoNewFile for the former database, what belongs to it, and whatever else exists, a link to nothing too."""
    place = file.parent.resolve() / file.name
    source = database.resolve()
    names = {
        each.with_name(each.name + end)
        for each in (source, database.parent.resolve() / database.name)
        for end in BESIDE
    }
    if place in names or place.resolve() in names:
        raise NoNewFile(THE_DATABASE.format(file=file))
    if not file.parent.is_dir():
        raise NoNewFile(NO_FOLDER.format(file=file, folder=file.parent))
    if os.path.lexists(file):
        raise NoNewFile(THERE_ALREADY.format(file=file))


def new_private_file(file: Path) -> TextIO:
    """Return a file that this call made. Raises NoNewFile where somebody else made it meanwhile, OSError."""
    try:
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWNER_ALONE)
    except FileExistsError:
        raise NoNewFile(THERE_ALREADY.format(file=file)) from None
    return os.fdopen(made, "w", encoding="utf-8")

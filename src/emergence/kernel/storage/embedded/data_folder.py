"""Chooses and prepares the folder that holds everything a one-command installation keeps."""

import errno
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from emergence.kernel.storage.embedded.errors import FolderUnusable

ROOT_FOLDER = Path("/var/lib/emergence")  # below /root the unprivileged server account could not reach it


def data_folder(environ: Mapping[str, str]) -> Path:
    """Return the absolute data folder, made and proven writable.

    `EMERGENCE_DATA_DIR` wins; else the user's data directory, and as root `/var/lib/emergence`.
    Raises FolderUnusable when it is a file, read-only, not ours to write, or the disk is full.
    """
    folder = chosen_folder(environ)
    make_folder(folder)
    _prove_writable(folder)
    return folder


def chosen_folder(environ: Mapping[str, str]) -> Path:
    """Return the absolute data folder without making or touching it."""
    chosen = environ.get("EMERGENCE_DATA_DIR", "").strip()
    return Path(chosen).expanduser().resolve() if chosen else _default_folder()


def make_folder(folder: Path) -> None:
    """Make a folder that is ours alone; as root others may pass through it, never list it. Idempotent.

    The modes of folders that exist already, and of parents, are left as they are.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
            if os.geteuid() == 0:
                folder.chmod(0o711)
    except OSError as error:
        raise unusable(folder, error) from error


def unusable(folder: Path, error: OSError) -> FolderUnusable:
    """Return the sentence for what the operating system refused."""
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        fact = f"{error.filename or folder} is a file, not a folder."
    elif error.errno == errno.EROFS:
        fact = f"{folder} is on a read-only file system."
    elif error.errno in (errno.ENOSPC, errno.EDQUOT):
        fact = f"No room is left on the disk of {folder}."
    elif error.errno in (errno.EACCES, errno.EPERM):
        fact = f"{error.filename or folder} is not writable by user {os.geteuid()}."
    else:
        fact = f"{folder} cannot be used ({error.strerror})."
    return FolderUnusable(f"{fact} Choose another folder with EMERGENCE_DATA_DIR, or mend this one.")


def _default_folder() -> Path:
    return ROOT_FOLDER if os.geteuid() == 0 else platformdirs.user_data_path("emergence", appauthor=False)


def _prove_writable(folder: Path) -> None:
    """Really write: permission bits say nothing about read-only mounts, quotas or access lists."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"1")
            probe.flush()
    except OSError as error:
        error.filename = None
        raise unusable(folder, error) from error

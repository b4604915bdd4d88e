"""The database files in a folder: makes them once, completely or not at all, and refuses what another release made."""

import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from emergence.kernel.storage.embedded.account import Account
from emergence.kernel.storage.embedded.binaries import Binaries
from emergence.kernel.storage.embedded.errors import FolderForeign
from emergence.kernel.storage.embedded.plain_file import NotPlain, read_plain

LAYOUT = 1  # of this folder's names and files; raise it when they change
DATABASE = "emergence"
ROLE = "emergence"  # not a superuser: superusers pass every row-level policy
LONGEST_SOCKET_FOLDER = 80  # sun_path holds 107 bytes on Linux, 103 on macOS, and the socket's own name counts


@dataclass(frozen=True, slots=True)
class Cluster:
    """A PostgreSQL installation, ready to start."""

    folder: Path
    account: Account
    binaries: Binaries
    password: str

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def sockets(self) -> Path | None:
        """Where the server puts its private socket; None when the path is too long for one."""
        run = self.folder / "run"
        return run if len(str(run).encode()) <= LONGEST_SOCKET_FOLDER else None

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"


def check_layout(folder: Path, major: int) -> None:
    """Raise FolderForeign when this release must not touch what is in the folder.

    Minor versions of PostgreSQL share their files, so they need no check.
    """
    if (folder / "PG_VERSION").exists():
        raise FolderForeign(f"{folder} is a PostgreSQL data folder itself. Choose another with EMERGENCE_DATA_DIR.")
    layout = _number(folder / "layout", LAYOUT)
    made_by = _number(folder / "data" / "PG_VERSION", major)
    if layout > LAYOUT or made_by > major:
        raise FolderForeign(
            f"{folder} was made by a newer release (PostgreSQL {made_by}, layout {layout}; "
            f"this one has {major} and {LAYOUT}). Run that release, or choose another folder with EMERGENCE_DATA_DIR."
        )
    if layout < LAYOUT or made_by < major:
        raise FolderForeign(
            f"{folder} was made by PostgreSQL {made_by} (layout {layout}) and this release brings {major}. "
            "Export with the release that made it (pg_dump), start this one on an empty folder, then import."
        )


def prepare_cluster(folder: Path, account: Account, binaries: Binaries) -> Cluster:
    """Make the database files unless they are there, and return what starts them. Idempotent, safe to cut short."""
    kept = folder / "password"
    known = kept.read_text().strip() if kept.exists() else ""
    cluster = Cluster(folder, account, binaries, password=known or secrets.token_urlsafe(32))
    if not cluster.data.is_dir():
        _make(cluster)
    elif not known:
        _single_user(cluster, cluster.data, f"ALTER ROLE {ROLE} PASSWORD '{cluster.password}';\n")
    if not known:
        _write_private(kept, cluster.password)
    (folder / "layout").write_text(f"{LAYOUT}\n")
    if cluster.sockets is not None:
        cluster.sockets.mkdir(mode=0o700, exist_ok=True)
        account.own(cluster.sockets)
    return cluster


def _make(cluster: Cluster) -> None:
    """Build in a draft folder and rename it last, so that a half-made cluster never has the real name.

    The draft stays ours: in a folder of its own the server's account could exchange what we hand over or rename.
    """
    for left_over in cluster.folder.glob("data-*-draft"):
        shutil.rmtree(left_over, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix="data-", suffix="-draft", dir=cluster.folder))
    if cluster.account.uid is not None:
        draft.chmod(0o711)
    secret, files = draft / "superuser", draft / "data"
    _write_private(secret, secrets.token_urlsafe(32))  # kept nowhere: the owner of the files can always set another
    files.mkdir(mode=0o700)
    for path in (secret, files):
        cluster.account.own(path)
    cluster.account.run(
        [
            cluster.binaries.program("initdb"),
            *("-D", str(files), "-U", "postgres", f"--pwfile={secret}", "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C.UTF-8"),
        ]
    )
    _single_user(cluster, files, _first_statements(cluster.password))
    files.rename(cluster.data)
    shutil.rmtree(draft)


def _first_statements(password: str) -> str:
    """Return statements for template1, whose content later databases inherit.

    pgvector is not a "trusted" extension: only a superuser, so only this place, can add it.
    """
    return (
        "CREATE EXTENSION vector;\n"
        f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE PASSWORD '{password}';\n"
        f"CREATE DATABASE {DATABASE} OWNER {ROLE};\n"
    )


def _single_user(cluster: Cluster, data: Path, statements: str) -> None:
    """Speak to the files without a server: needs no password and opens no port. One statement a line."""
    cluster.account.run(
        [cluster.binaries.program("postgres"), "--single", "-D", str(data), "-c", "exit_on_error=on", "template1"],
        stdin=statements,
    )


def _write_private(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}-draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.rename(path)


def _number(path: Path, default: int) -> int:
    """Return the number that a file holds, `default` when it is missing and 0 when it is no number."""
    try:
        text = read_plain(path)
    except NotPlain:
        return 0
    if text is None:
        return default
    return int(text) if (text := text.strip()).isdecimal() else 0

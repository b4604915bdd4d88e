"""The account that runs PostgreSQL, which refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from emergence.kernel.storage.embedded.errors import EngineFailed, FolderUnusable

# initdb refuses a number without a name ("could not look up effective user ID"), so a small machine has only `nobody`.
CANDIDATES = ("emergence", "postgres", "nobody")
COMMAND_DEADLINE_S = 120.0
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}  # our own holds keys that a server has no use for


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the server; `uid` None means: the account that runs this program."""

    name: str
    uid: int | None = None
    gid: int | None = None

    def popen(self, command: list[str], *, stdin: int, output: int) -> subprocess.Popen[bytes]:
        """Start a command as this account, in a session of its own so that no terminal key reaches it."""
        return subprocess.Popen(  # noqa: S603 - fixed programs, and no shell parses the arguments
            command,
            stdin=stdin,
            stdout=output,
            stderr=output,
            cwd="/",
            env=ENVIRONMENT,
            start_new_session=True,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
        )

    def run(self, command: list[str], stdin: str = "") -> str:
        """Run a command to its end and return what it said.

        Raises EngineFailed with its last line when it fails or takes over COMMAND_DEADLINE_S,
        PermissionError when this account may not execute it.
        """
        try:
            done = subprocess.run(  # noqa: S603 - as above
                command,
                input=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                cwd="/",
                env=ENVIRONMENT,
                timeout=COMMAND_DEADLINE_S,
                start_new_session=True,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
            )
        except subprocess.TimeoutExpired as error:
            raise EngineFailed(f"{Path(command[0]).name} did not end within {COMMAND_DEADLINE_S:.0f} s.") from error
        if done.returncode != 0:
            lines = done.stdout.strip().splitlines() or [f"exit code {done.returncode}"]
            telling = [line for line in lines if "error:" in line.lower() or "fatal:" in line.lower()]
            raise EngineFailed(f"{Path(command[0]).name} failed: {(telling or lines)[-1].strip()}")
        return done.stdout

    def own(self, path: Path) -> None:
        """Give a file or folder that we just made, in a folder of ours, to this account; never follows a link."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def check_may_enter(self, folder: Path) -> None:
        """Raise FolderUnusable when a parent folder keeps this account out."""
        try:
            self.run(["/bin/sh", "-c", 'cd "$0"', str(folder)])
        except EngineFailed as error:
            raise FolderUnusable(
                f"{folder} lies below a folder that the account {self.name!r}, which runs PostgreSQL for root, "
                "may not enter. Choose another with EMERGENCE_DATA_DIR, like /var/lib/emergence."
            ) from error


def _check_has_a_name(uid: int) -> None:
    """Raise EngineFailed for an account that the system has no name for: PostgreSQL refuses to work for it."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise EngineFailed(
            f"PostgreSQL needs an account with a name, and user {uid} has none in /etc/passwd. Add one, or set "
            "DATABASE_URL to a PostgreSQL of yours."
        ) from None


def server_account(data: Path) -> Account:
    """Return who must run the server: ourselves, or when we are root the data's owner or an unprivileged account."""
    if os.geteuid() != 0:
        _check_has_a_name(os.geteuid())
        return Account(name=str(os.geteuid()))
    if data.is_dir() and (owner := data.stat()).st_uid != 0:
        return Account(name=str(owner.st_uid), uid=owner.st_uid, gid=owner.st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    names = ", ".join(CANDIDATES)
    raise EngineFailed(f"PostgreSQL does not run as root, and none of the accounts {names} exists. Add one.")

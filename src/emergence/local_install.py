"""What `emergence up` keeps in its data folder: the lock, generated secrets, and the owner's credential."""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from emergence.kernel.settings import SettingsInvalid

GENERATED_SECRETS = ("AUTH_JWT_SECRET", "EMERGENCE_SERVICE_SECRET", "CHAT_KEY_SECRET", "MEMORY_KEY_SECRET")


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Where the `emergence up` of a data folder listens."""

    url: str
    pid: int
    database_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class LocalInstall:
    """One data folder. Its files can be read by the account that runs `emergence up` only."""

    folder: Path

    @classmethod
    def open(cls, environ: Mapping[str, str]) -> "LocalInstall":
        """Return the folder that the environment chooses, made when absent. Raises FolderUnusable."""
        from emergence.kernel.storage.embedded.data_folder import data_folder

        return cls(data_folder(environ))

    @classmethod
    def existing(cls, environ: Mapping[str, str]) -> "LocalInstall":
        """Return the folder that the environment chooses, untouched, for a look from another process."""
        from emergence.kernel.storage.embedded.data_folder import chosen_folder

        return cls(chosen_folder(environ))

    @property
    def owner_credential_file(self) -> Path:
        """The file that lets this account act as the machine's owner."""
        return self.folder / "owner-credential"

    @property
    def _secrets_file(self) -> Path:
        return self.folder / "secrets.json"

    @property
    def _running_file(self) -> Path:
        return self.folder / "running.json"

    @contextmanager
    def held(self, port: int) -> Iterator[None]:
        """Hold the folder against a second instance. Raises FolderInUse."""
        from emergence.kernel.storage.embedded.folder_lock import FolderLock

        with FolderLock(self.folder, port=port):
            yield

    def secrets(self) -> dict[str, str]:
        """Return the variables that this folder provides; generated once, then kept.

        The owner's credential is new at every start: an old copy of it opens nothing. Raises
        SettingsInvalid when the kept secrets cannot be read: new ones would open nothing that is stored.
        """
        known = self.kept_secrets()
        missing = {name: secrets.token_hex(32) for name in GENERATED_SECRETS if name not in known}
        if missing:
            _write_private(self._secrets_file, json.dumps(known | missing, indent=1))
        _write_private(self.owner_credential_file, secrets.token_urlsafe(32))
        return known | missing | {"AUTH_OWNER_CREDENTIAL_FILE": str(self.owner_credential_file)}

    def kept_secrets(self) -> dict[str, str]:
        """Return the secrets that were generated before, for a look from another process; none in a new folder.

        Raises SettingsInvalid when they cannot be read.
        """
        return _kept(self._secrets_file) if self._secrets_file.exists() else {}

    def announce(self, url: str, database_url: str | None = None) -> None:
        """Let terminals on this machine find the server, and its operator the database of its accounts."""
        _write_private(self._running_file, json.dumps({"url": url, "pid": os.getpid(), "database_url": database_url}))

    def withdraw(self) -> None:
        """Say that no server runs any more."""
        self._running_file.unlink(missing_ok=True)
        self.owner_credential_file.unlink(missing_ok=True)

    def is_anothers(self) -> bool:
        """Return whether a server of another account announced itself here, or that account lets nobody look."""
        if self.folder.is_dir() and not os.access(self.folder, os.X_OK):
            return True
        return self._running_file.exists() and not os.access(self._running_file, os.R_OK)

    def running(self) -> RunningServer | None:
        """Return the server of this folder, or None when none announced itself or its process is gone."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            found = json.loads(self._running_file.read_text())
            server = RunningServer(str(found["url"]), int(found["pid"]), found.get("database_url"))
            os.kill(server.pid, 0)
            return server
        return None


def _kept(path: Path) -> dict[str, str]:
    try:
        known: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError) as damaged:
        raise SettingsInvalid(
            f"{path} cannot be read. It holds the keys to what is stored: restore it from a backup, or set "
            f"{', '.join(GENERATED_SECRETS)} to the values that it held."
        ) from damaged
    return known


def _write_private(path: Path, text: str) -> None:
    """Replace a file as a whole, readable by its owner only from its first moment."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)

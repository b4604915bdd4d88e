"""Who the terminal acts as: the machine's owner beside a local server, or an account on a named one."""

import getpass
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from emergence.local_install import LocalInstall
from emergence.process_settings import TerminalSettings
from emergence.program_name import program_name

NO_SERVER = (
    "no emergence runs on this machine (data folder {folder}). Start it with `{program} up`, "
    "or name a server with --url https://…"
)


class TerminalProblem(Exception):
    """Something the person at the terminal can mend; the message says how."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is sent to sign in: a path and its body."""

    path: str
    body: Mapping[str, str]


class SignIn(Protocol):
    """A way to get a first access token."""

    @property
    def url(self) -> str:
        """Return the server's address without a slash at its end."""
        ...

    def credentials(self) -> Credentials:
        """Return what to sign in with. Raises TerminalProblem."""
        ...

    def code(self) -> str:
        """Return the code of the second factor that the server asks for. Raises TerminalProblem."""
        ...


@dataclass(frozen=True, slots=True)
class OwnerSignIn:
    """The owner's credential in the data folder; it is new at each start of the server, so it is read each time."""

    url: str
    credential_file: Path

    def credentials(self) -> Credentials:
        try:
            credential = self.credential_file.read_text(encoding="utf-8").strip()
        except PermissionError:
            raise TerminalProblem(
                "the server on this machine was started by another account; only that account may act as its owner. "
                f"Sign in with --url {self.url} instead."
            ) from None
        except FileNotFoundError:
            raise TerminalProblem(f"the server here has just stopped. Start `{program_name()} up`.") from None
        return Credentials("/api/auth/owner/login", {"credential": credential})

    def code(self) -> str:
        raise TerminalProblem("the machine's owner is not asked for a code; this server and this program differ.")


@dataclass(slots=True)
class PasswordSignIn:
    """An account on the server at `url`; asks for what EMERGENCE_EMAIL and EMERGENCE_PASSWORD do not say."""

    url: str
    environ: Mapping[str, str]

    def credentials(self) -> Credentials:
        given = TerminalSettings.read(self.environ)
        email = given.emergence_email or self._ask("E-mail: ", is_secret=False)
        known = given.emergence_password
        password = known.get_secret_value() if known else self._ask("Password: ", is_secret=True)
        return Credentials("/api/auth/login", {"email": email, "password": password})

    def code(self) -> str:
        if not sys.stdin.isatty():
            raise TerminalProblem("this account asks for a code at each sign-in: sign in from a terminal.")
        return self._ask("Code of your authenticator, or a recovery code: ", is_secret=True)

    def _ask(self, question: str, *, is_secret: bool) -> str:
        if not sys.stdin.isatty():
            raise TerminalProblem("set EMERGENCE_EMAIL and EMERGENCE_PASSWORD to sign in without a terminal.")
        if is_secret:
            return getpass.getpass(question)
        print(question, end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip()


def chosen_sign_in(url: str | None, environ: Mapping[str, str]) -> SignIn:
    """Return how to sign in: by password at `url`, else as the owner of the local server. Raises TerminalProblem."""
    if url is not None:
        if not url.startswith(("http://", "https://")):
            raise TerminalProblem("--url must begin with https:// (or http:// on a trusted network).")
        return PasswordSignIn(url.rstrip("/"), environ)
    install = LocalInstall.existing(environ)
    running = install.running()
    if running is None and install.is_anothers():
        raise TerminalProblem(
            f"the server in {install.folder} was started by another account; only that account may act as its owner. "
            "Sign in with --url instead."
        )
    if running is None:
        raise TerminalProblem(NO_SERVER.format(folder=install.folder, program=program_name()))
    return OwnerSignIn(url=running.url, credential_file=install.owner_credential_file)

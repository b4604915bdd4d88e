"""Sign docker in to the registry beside the operator's own configuration, with the engine that it names."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from operate.programs import Tools
from operate.refusals import Exit

CREDENTIALS = ("auths", "credsStore", "credHelpers")
BESIDE = ("contexts", "cli-plugins", "tls")  # which engine there is (Colima, Docker Desktop, another machine), and how


@contextmanager
def signed_in(tools: Tools) -> Iterator[dict[str, str]]:
    """Lend variables with which docker is signed in to the registry, until the block ends. Raises Refused."""
    with tempfile.TemporaryDirectory(prefix="emergence-docker-") as folder:
        _take_over(Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker"), Path(folder))
        more = {"DOCKER_CONFIG": folder}
        token = tools.read_text("auth", "print-access-token").strip()
        login = ["docker", "login", "--username", "oauth2accesstoken", "--password-stdin"]
        tools.run(*login, f"https://{tools.place.registry}", code=Exit.BUILD, given=token, more=more)
        yield more


def _take_over(own: Path, folder: Path) -> None:
    """Let `folder` say what the operator's configuration says, without any credential and without a way to keep one."""
    known: object = {}
    with suppress(OSError, ValueError):  # docker itself says what is wrong with it when it builds
        known = json.loads((own / "config.json").read_text(encoding="utf-8"))
    kept = {name: value for name, value in known.items() if name not in CREDENTIALS} if isinstance(known, dict) else {}
    (folder / "config.json").write_text(json.dumps(kept), encoding="utf-8")
    for name in BESIDE:
        if (own / name).is_dir():
            (folder / name).symlink_to((own / name).resolve())

"""A project that is ready to be deployed to, and commands run against it in this process."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from operate.__main__ import main
from operate.place import VARIABLES
from tests.infra.scripts.google.world import PROJECT, World
from tests.infra.scripts.machine import StandIns
from tests.infra.scripts.scripted_service import TOKEN, ScriptedRuns

AUTH, SESSION, MAIN = "emergence-auth-service", "emergence-session-service", "emergence-app"
JWT_SECRET = "4b8f1c6d2e9a7035" * 4


@dataclass
class Ended:
    """How a command ended; `changes` is what it changed at Google."""

    status: int
    out: str
    err: str
    changes: list[str]


@dataclass(repr=False)
class Operated:
    """The project, the machine, and what runs there."""

    world: World
    machine: StandIns
    runs: ScriptedRuns
    capture: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Ended:
        """Run one command to its end."""
        self.capture.readouterr()
        before = len(self.world.changes)
        status = main(words, self.machine)
        said = self.capture.readouterr()
        return Ended(int(status), said.out, said.err, self.world.changes[before:])

    def serving(self, name: str) -> dict[str, int]:
        """Return the percent of each revision by the service's status."""
        traffic = self.world.run.services[name]["status"]["traffic"]
        return {each["revisionName"]: each["percent"] for each in traffic if each.get("percent")}

    def deploy_auth(self, commit: str) -> str:
        """Deploy auth from a commit and return the revision."""
        self.machine.commit = commit
        assert self("deploy", "auth").status == 0
        return f"{AUTH}-{commit}"


def ready_world(runs: ScriptedRuns) -> World:
    """Return a project with every secret in place."""
    world = World(runs)
    world.fill_secret("AUTH_JWT_SECRET", JWT_SECRET, "emergence-auth")
    world.fill_secret("METRICS_TOKEN", TOKEN, "emergence-auth", "emergence-session", "emergence-main")
    world.fill_secret("OPENAI_API_KEY", "sk-of-nobody-5d1f", "emergence-main")
    world.repositories.add("emergence")
    return world


def prepare_environment(monkeypatch: pytest.MonkeyPatch, temporary: str) -> None:
    """Point the commands to the project, and away from this machine's own settings."""
    for name in ("ENVIRONMENT", *VARIABLES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PROJECT_ID", PROJECT)
    monkeypatch.setenv("TMPDIR", temporary)
    monkeypatch.setenv("XDG_STATE_HOME", temporary)
    monkeypatch.setattr("tempfile.tempdir", None)


Operate = Callable[..., Ended]

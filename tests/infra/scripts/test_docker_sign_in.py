"""Building and pushing reach the engine that the operator chose, and leave their configuration as it was."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from operate.programs import Ended
from operate.refusals import Exit
from tests.infra.scripts.machine import StandIns
from tests.infra.scripts.operated import Operated

TOKEN_OF_ANOTHER_REGISTRY = "c29tZWJvZHk6c2VjcmV0"


@dataclass
class Watched(StandIns):
    """Keeps what docker finds in its configuration, and what the real one makes of it."""

    seen: dict[str, dict[str, object]] = field(default_factory=dict)

    def run(self, words: Sequence[str], given: str | None = None, more: Mapping[str, str] | None = None) -> Ended:
        if words[0] == "docker" and words[1] in ("build", "login", "push"):
            folder = Path((more or {}).get("DOCKER_CONFIG") or os.environ["DOCKER_CONFIG"])
            self.seen[words[1]] = {
                "config": json.loads((folder / "config.json").read_text()),
                "meta": [path.read_text() for path in folder.glob("contexts/meta/*/meta.json")],
                "engine": _engine_of(folder),
            }
        return super().run(words, given, more)


def _engine_of(folder: Path) -> str | None:
    """Return the engine's address as the real docker reads the configuration; None without docker."""
    if (docker := shutil.which("docker")) is None:
        return None
    environ = {name: value for name, value in os.environ.items() if name not in ("DOCKER_HOST", "DOCKER_CONTEXT")}
    words = [docker, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]
    environ["DOCKER_CONFIG"] = str(folder)
    return subprocess.run(words, env=environ, capture_output=True, text=True, check=True, timeout=30).stdout.strip()


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration of somebody with an engine of another name, and signed in elsewhere."""
    folder = tmp_path / "own docker"
    # sha256("colima"): docker's own name for the folder of that context
    meta = (
        folder / "contexts" / "meta" / "f24fd3749c1368328e2b149bec149cb6795619f244c5b584e844961215dadd16" / "meta.json"
    )
    meta.parent.mkdir(parents=True)
    endpoint = {"Host": "unix:///colima.sock", "SkipTLSVerify": False}
    meta.write_text(json.dumps({"Name": "colima", "Metadata": {}, "Endpoints": {"docker": endpoint}}))
    known = {"auths": {"elsewhere.example": {"auth": TOKEN_OF_ANOTHER_REGISTRY}}, "credsStore": "desktop"}
    (folder / "config.json").write_text(json.dumps(known | {"currentContext": "colima", "proxies": {}}))
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))
    return folder


def test_login_and_push_reach_the_engine_that_built(operate: Operated, own: Path) -> None:
    operate.machine = watched = Watched(operate.world)
    before = (own / "config.json").read_text()

    assert operate("deploy", "auth").status == Exit.DONE

    assert watched.seen.keys() == {"build", "login", "push"}
    assert {str(each["engine"]) for each in watched.seen.values()} <= {"unix:///colima.sock", "None"}
    for act in ("login", "push"):
        assert watched.seen[act]["config"] == {"currentContext": "colima", "proxies": {}}
        assert watched.seen[act]["meta"] == watched.seen["build"]["meta"] != []
    assert (own / "config.json").read_text() == before
    (built,) = [words for words in watched.ran if words[:2] == ["docker", "build"]]
    assert built[built.index("--platform") + 1] == "linux/amd64"


@pytest.mark.parametrize("content", ["{", "[1]", None])
def test_a_configuration_that_says_nothing_is_no_obstacle(operate: Operated, own: Path, content: str | None) -> None:
    (own / "config.json").unlink()
    if content is not None:
        (own / "config.json").write_text(content)

    assert operate("deploy", "auth").status == Exit.DONE

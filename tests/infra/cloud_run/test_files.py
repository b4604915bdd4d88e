"""What linters say of the files that Google and Docker read."""

import subprocess
import sys
from pathlib import Path

import pytest

from blueprint.files import FOLDER

BIN = Path(sys.executable).parent
DOCKERFILES = sorted(FOLDER.glob("*.Dockerfile"))


def test_every_yaml_file_is_in_the_house_form() -> None:
    files = [str(path) for path in FOLDER.rglob("*.yaml") if ".venv" not in path.parts]

    done = subprocess.run(
        [str(BIN / "yamllint"), "--strict", "-c", str(FOLDER / ".yamllint"), *files],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=[path.name for path in DOCKERFILES])
def test_hadolint_finds_nothing_in_a_dockerfile(dockerfile: Path) -> None:
    done = hadolint(dockerfile)

    assert done.returncode == 0, done.stdout


def test_hadolint_would_find_something(tmp_path: Path) -> None:
    bad = tmp_path / "Dockerfile"
    bad.write_text("FROM python\nRUN apt-get install gcc\n")

    assert "DL3006" in hadolint(bad).stdout


def hadolint(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(BIN / "hadolint"), str(path)], capture_output=True, text=True, check=False)

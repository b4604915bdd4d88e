"""What fails beside others is tried once more alone; what fails then, too, has failed."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tools/test.sh"
FAILS_ONCE = """
from pathlib import Path

def test_{name}():
    seen = Path(__file__).with_suffix(".seen")
    was_seen = seen.exists()
    seen.touch()
    assert was_seen
"""


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text("[pytest]\n")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environ |= {"WORKERS": "1", "CACHE": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
    args: list[str | Path] = [SCRIPT, "-c", folder / "pytest.ini", "--rootdir", folder, folder]
    return subprocess.run(args, env=environ, capture_output=True, text=True, timeout=120, check=False)


def write(folder: Path, *names: str, text: str = FAILS_ONCE) -> None:
    for name in names:
        (folder / f"test_{name}.py").write_text(text.format(name=name))


def test_a_test_that_fails_once_is_named_and_passes(tmp_path: Path) -> None:
    write(tmp_path, "unlucky")
    write(tmp_path, "fine", text="def test_fine(): pass")

    done = run(tmp_path)

    assert done.returncode == 0, done.stdout
    assert "test_unlucky.py::test_unlucky\n" in done.stdout.partition("are tried alone")[2]
    assert "1 failed, 1 passed" in done.stdout
    assert "1 passed" in done.stdout.splitlines()[-1]


def test_one_of_a_group_is_tried_alone_without_all_the_others(tmp_path: Path) -> None:
    marks = '@pytest.mark.xdist_group("browser")\n@pytest.mark.parametrize("who", ["ada@example.org"])'
    grouped = "import pytest\n" + FAILS_ONCE.replace("def", f"{marks}\ndef").replace("():", "(who):")
    write(tmp_path, "unlucky", text=grouped)
    write(tmp_path, "fine", text="def test_fine(): pass")
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_collection_modifyitems")

    done = run(tmp_path)

    assert done.returncode == 0, done.stdout
    assert "test_unlucky[ada@example.org]\n" in done.stdout.partition("are tried alone")[2]
    assert done.stdout.splitlines()[-1].strip("= ").startswith("1 passed")


@pytest.mark.parametrize(
    ("names", "text", "runs"),
    [
        (["broken"], "def test_{name}(): assert False", 2),
        (["unreadable"], "import nothing_of_this_name", 2),
        (list("abcdefghi"), FAILS_ONCE, 1),
    ],
    ids=["fails twice", "cannot be read", "too many"],
)
def test_what_is_broken_stays_broken(tmp_path: Path, names: list[str], text: str, runs: int) -> None:
    write(tmp_path, *names, text=text)

    done = run(tmp_path)

    assert done.returncode != 0
    assert done.stdout.count("test session starts") == runs, done.stdout

"""The shell scripts under bats; where it is not installed the run says so, and does not call them passed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

HERE = Path(__file__).parent
WITHIN_S = 300


def found_bats() -> str:
    """Return bats, of the lock or of the system; skip without it."""
    beside = Path(sys.executable).with_name("bats")
    if (found := str(beside) if beside.is_file() else shutil.which("bats")) is None:
        pytest.skip("skipped: bats is not installed (`make test` installs it, or apt-get install bats)")
    return found


def run_bats(root: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    """Run the tests of the file against the scripts below `root`."""
    words = [found_bats(), "--formatter", "tap", *more, str(HERE / "shell_scripts.bats")]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("BATS_", "PYTHON"))}
    environ |= {"ROOT": str(root), "VENV": sys.prefix}
    return subprocess.run(words, env=environ, capture_output=True, text=True, timeout=WITHIN_S, check=False)


def test_every_script_starts_wherever_an_operator_is() -> None:
    ended = run_bats(ROOT)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert len(re.findall(r"^ok \d+", ended.stdout, re.MULTILINE)) == 5
    assert "# skip" not in ended.stdout


def test_scripts_that_do_not_find_themselves_are_noticed(tmp_path: Path) -> None:
    skipped = shutil.ignore_patterns("__pycache__", ".env.*", "build", ".venv", ".terraform")
    bad = shutil.copytree(ROOT / "infra" / "cloud-run", tmp_path / "infra" / "cloud-run", ignore=skipped)
    script = bad / "deploy-auth-service.sh"
    script.write_text(script.read_text().replace('"$(readlink -f "${BASH_SOURCE[0]}")"', '"${BASH_SOURCE[0]}"'))
    makefile = bad / "Makefile"
    makefile.write_text(re.sub(r"^IN = .*", "IN =", makefile.read_text(), flags=re.MULTILINE))

    ended = run_bats(tmp_path, "--filter", "through a link")

    assert re.findall(r"^not ok (\d)", ended.stdout, re.MULTILINE) == ["1", "2"]
    assert "deploy-auth-service.sh: status 127" in ended.stdout

"""Imports go one way; the contracts with their reasons are in pyproject.toml."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

HEAVY = ("anthropic", "openai", "google", "xllamacpp", "opentelemetry.sdk", "numpy", "sqlalchemy", "nats")
LIGHT_MODULES = (
    "emergence.command_line",
    "emergence.composition",
    "emergence.auth.app",
    "emergence.chat.app",
    "emergence.session.app",
    "emergence.gateway.app",
)


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of `root`'s pyproject.toml against `root`'s own source."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": str(root / "src"), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_go_down_only() -> None:
    found = lint_imports(ROOT)

    assert found.returncode == 0, found.stdout + found.stderr


MISTAKES = {
    "auth": "from emergence.session import settings",
    "kernel": "from emergence.contracts import auth",
    "gateway": "import asyncpg",
    "session": "import openai\nimport nats",
    "contracts": "import fastapi",
}


def test_the_contracts_notice_wrong_imports_and_new_folders(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    copy = tmp_path / "src" / "emergence"
    shutil.copytree(ROOT / "src" / "emergence", copy, ignore=shutil.ignore_patterns("client", "__pycache__"))
    for folder, line in MISTAKES.items():
        (copy / folder / "peek.py").write_text(f'"""A mistake."""\n\n{line}\n')
    (copy / "newcomer.py").write_text('"""Nobody said where this belongs."""\n')

    found = lint_imports(tmp_path)

    assert found.returncode == 1
    assert [folder for folder in MISTAKES if f"emergence.{folder}.peek" not in found.stdout] == []
    assert "newcomer" in found.stdout


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_what_is_heavy_loads_on_first_use_only(module: str) -> None:
    program = f"import sys, {module}; print(*(name for name in {HEAVY!r} if name in sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout.split() == [], "a cold start would pay for it"

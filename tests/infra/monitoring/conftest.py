"""The promtool that checks rules, where there is one."""

import shutil
import subprocess
from collections.abc import Callable
from os import environ
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

Promtool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def promtool() -> Promtool:
    """Return what runs promtool with the given words in a folder; skips where there is none."""
    kept = ROOT / ".cache" / "promtool" / "usr" / "bin" / "promtool"
    found = environ.get("PROMTOOL") or shutil.which("promtool") or (str(kept) if kept.is_file() else None)
    if found is None:
        pytest.skip("no promtool: tools/find_promtool.sh fetches it on Debian")

    def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [found, *words],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )

    return run

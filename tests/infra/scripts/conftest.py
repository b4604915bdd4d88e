"""What tests of the operators' scripts ask for: a project at the fake Google, and a machine of stand-ins."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.infra.scripts.machine import StandIns
from tests.infra.scripts.operated import Operated, prepare_environment, ready_world
from tests.infra.scripts.scripted_service import ScriptedRuns


@pytest.fixture
def operate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Operated]:
    """Commands against a project of this test's own, with every secret in place and nothing deployed."""
    prepare_environment(monkeypatch, str(tmp_path))
    with closing(ScriptedRuns()) as runs:
        world = ready_world(runs)
        yield Operated(world, StandIns(world), runs, capsys)

"""The same commands with the real gcloud, which asks the fake as its proxy: what the stand-ins say, it says too."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from operate.refusals import Exit
from tests.infra.scripts.google.server import google, has_gcloud
from tests.infra.scripts.machine import StandIns
from tests.infra.scripts.operated import Operated, prepare_environment, ready_world
from tests.infra.scripts.scripted_service import ScriptedRuns

pytestmark = pytest.mark.skipif(not has_gcloud(), reason="gcloud is not installed here")


@pytest.fixture
def operate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Operated]:
    prepare_environment(monkeypatch, str(tmp_path))
    with closing(ScriptedRuns()) as runs:
        world = ready_world(runs)
        with google(world, tmp_path) as environ:
            yield Operated(world, StandIns(world, gcloud_environ=environ), runs, capsys)


def test_a_service_is_deployed(operate: Operated) -> None:
    ended = operate("deploy", "auth")

    print(ended)
    assert ended.status == Exit.DONE, ended.err

"""What a second region and a minimum need of gcloud, each once by the real one: it asks what the stand-ins ask."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from operate.programs import Ended
from operate.refusals import Exit
from tests.infra.scripts.google.server import google, has_gcloud
from tests.infra.scripts.machine import StandIns
from tests.infra.scripts.operated import SESSION, Operated, prepare_environment, ready_world
from tests.infra.scripts.scripted_service import ScriptedRuns
from tests.infra.scripts.second_region import KEYS, REPLICA, SECOND, asked_regions, stand_by, take_over
from tests.infra.scripts.spoken_gcloud import spoken
from tests.infra.scripts.test_predict import METRIC, MINIMUM, points
from tests.thorough import IS_THOROUGH

pytestmark = pytest.mark.skipif(not has_gcloud(), reason="gcloud is not installed here")

BY_THE_REAL_ONE = (
    "run services update ",
    "sql instances patch",
    "sql instances promote-replica",
    "compute backend-services",
    "pubsub subscriptions",
)


@dataclass
class Mixed(StandIns):
    """The real gcloud for what is new, which takes a second a call, and the stand-in for the rest."""

    asked: int = 0

    def _gcloud(self, words: Sequence[str], given: str | None) -> Ended:
        if " ".join(words[1:]).startswith(BY_THE_REAL_ONE):
            self.asked += 1
            return super()._gcloud(words, given)
        return Ended(0, "Google Cloud SDK 528.0.0\n", "") if words[1] == "version" else spoken(
            self.world, list(words[1:]), given
        )  # fmt: skip


@pytest.fixture
def operate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Operated]:
    prepare_environment(monkeypatch, str(tmp_path))
    with closing(ScriptedRuns()) as runs:
        world = ready_world(runs)
        with google(world, tmp_path) as environ:
            _reach(monkeypatch, environ)
            yield Operated(world, Mixed(world, gcloud_environ=environ), runs, capsys)


def _reach(monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str]) -> None:
    name = "CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING"
    monkeypatch.setenv(name, environ[name])
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{environ['CLOUDSDK_PROXY_PORT']}")


def test_a_minimum_is_set_without_a_revision(operate: Operated) -> None:
    assert operate("deploy", "session").status == Exit.DONE
    operate.world.series[METRIC] = [{"points": points(1200)}]
    revisions, serving = set(operate.world.run.revisions), operate.serving(SESSION)

    ended = operate("predict", "--apply")

    assert ended.status == Exit.DONE, ended.err
    assert operate.world.run.services[SESSION]["metadata"]["annotations"][MINIMUM] == "2"
    assert set(operate.world.run.revisions) == revisions
    assert operate.serving(SESSION) == serving


@pytest.mark.skipif(not IS_THOROUGH, reason="ten calls of the real gcloud take `make thorough`")
def test_the_second_region_takes_over(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDBY_REGION", SECOND)
    monkeypatch.setenv("BUS", "pubsub")
    stand_by(operate)
    for key in ("session", "main"):  # one of each kind is enough
        del operate.world.backends[f"emergence-{key}"]
    del operate.world.subscriptions["emergence-events-session"]
    assert operate("deploy-standby").status == Exit.DONE
    machine = operate.machine
    assert isinstance(machine, Mixed)

    ended = take_over(operate)

    assert ended.status == Exit.DONE, ended.err
    assert asked_regions(operate) == {f"emergence-{KEYS[0]}": [SECOND]}
    assert REPLICA not in operate.world.replicas
    assert "emergence" in operate.world.stopped
    push = operate.world.subscriptions["emergence-events-auth"]["pushConfig"]
    assert f".{SECOND}.run.app/" in push["pushEndpoint"]
    assert push["oidcToken"]["audience"] == push["pushEndpoint"]
    assert machine.asked >= 8

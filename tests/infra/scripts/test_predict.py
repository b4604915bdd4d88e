"""`predict` reads a history, says what session needs and costs, and changes the minimum only when it is asked to."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from operate.refusals import Exit
from tests.infra.scripts.google.server import google
from tests.infra.scripts.operated import SESSION, Operated

METRIC = "prometheus.googleapis.com/session_connections/gauge"
MINIMUM = "run.googleapis.com/minScale"
HOUR = timedelta(hours=1)


@pytest.fixture
def deployed(operate: Operated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operated]:
    """Session deployed, and Cloud Monitoring in reach."""
    assert operate("deploy", "session").status == Exit.DONE
    with google(operate.world, tmp_path) as environ:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{environ['CLOUDSDK_PROXY_PORT']}")
        name = "CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING"
        monkeypatch.setenv(name, environ[name])
        yield operate


def now() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def points(sockets: float, weeks: int = 4, end: datetime | None = None) -> list[dict[str, object]]:
    last = end or now()
    return [
        {"interval": {"endTime": f"{last - number * HOUR:%FT%TZ}"}, "value": {"doubleValue": sockets}}
        for number in range(weeks * 168)
    ]


def minimum(operate: Operated) -> str | None:
    annotations: dict[str, str] = operate.world.run.services[SESSION]["metadata"]["annotations"]
    return annotations.get(MINIMUM)


def test_what_cloud_monitoring_kept_is_read_page_by_page_and_nothing_is_changed(deployed: Operated) -> None:
    deployed.world.series[METRIC] = [{"points": points(900)}, {"points": points(300)}]

    ended = deployed("predict", "--json")

    assert (ended.status, ended.changes) == (Exit.DONE, []), ended.err
    told = json.loads(ended.out)
    assert told["hours"][0] == {"from": now().isoformat(), "sockets": 1200, "instances": 2}
    assert (told["minimum"], told["minimum_month"], len(told["hours"])) == (2, "98.50", 24)


def test_apply_sets_the_minimum_says_its_price_and_does_it_once(deployed: Operated) -> None:
    deployed.world.series[METRIC] = [{"points": points(1200)}]
    revisions = set(deployed.world.run.revisions)

    first, second = deployed("predict", "--apply"), deployed("predict", "--apply")

    assert first.status == second.status == Exit.DONE, first.err
    assert first.changes == [f"PUT service {SESSION}"]
    assert "keeps 2 instances, 98.50 USD a month while it stays so; before: 0, 0.00 USD" in first.err
    assert second.changes == [] and "already" in second.err
    assert minimum(deployed) == "2"
    assert set(deployed.world.run.revisions) == revisions, "a minimum is no new revision"


def test_a_deployment_keeps_what_was_set(deployed: Operated) -> None:
    deployed.world.series[METRIC] = [{"points": points(1200)}]
    deployed("predict", "--apply")
    deployed.machine.commit = "222222222222"

    assert deployed("deploy", "session").status == Exit.DONE

    assert minimum(deployed) == "2"


@pytest.mark.parametrize(
    ("capacity", "reason"), [({"most": 3}, "maxScale 3"), ({"most_by_connections": 3}, "the database's connections")]
)
def test_never_more_than_the_maximum_or_the_connections(
    deployed: Operated, capacity: dict[str, int], reason: str
) -> None:
    deployed.machine.capacity = capacity
    deployed.world.series[METRIC] = [{"points": points(9000)}]

    ended = deployed("predict", "--apply")

    assert ended.status == Exit.DONE, ended.err
    assert f"minimum for the day: 3, 12 would be needed: {reason}" in ended.out
    assert minimum(deployed) == "3"


def test_a_dry_run_says_the_words_and_changes_nothing(deployed: Operated) -> None:
    deployed.world.series[METRIC] = [{"points": points(1200)}]

    ended = deployed("predict", "--apply", "--dry-run")

    assert (ended.status, ended.changes) == (Exit.DONE, [])
    assert "--min=2" in ended.err


def test_a_file_is_read_and_the_hours_are_shown_on_peoples_clocks(deployed: Operated, tmp_path: Path) -> None:
    file = tmp_path / "sockets.csv"
    first = datetime(2027, 1, 4, tzinfo=UTC)
    file.write_text("time,sockets\n" + "".join(f"{(first + n * HOUR).isoformat()},{n % 24}\n" for n in range(336)))

    ended = deployed("predict", "--history", str(file), "--time-zone", "Europe/Paris")

    assert ended.status == Exit.DONE, ended.err
    assert ended.out.splitlines()[1].startswith("2027-01-18T01:00:00+01:00")
    assert deployed("predict", "--history", str(file), "--apply").status == Exit.HISTORY, "it ended long ago"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read"),
        ("", "is empty"),
        ("a,b\n1,2\n", "must name the columns"),
        ("time,sockets\n2027-01-15T09:00:00Z,-4\n", "no number of sockets"),
        ("time,sockets\n2027-01-15T09:00:00Z,4\n", "covers 1 hours"),
    ],
)
def test_a_history_that_is_none_is_33(deployed: Operated, tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "sockets.csv"
    if text is not None:
        file.write_text(text)

    ended = deployed("predict", "--apply", "--history", str(file))

    assert (ended.status, ended.changes) == (Exit.HISTORY, [])
    assert said in ended.err and len(ended.err.strip().splitlines()) == 1


def test_without_a_collector_there_is_nothing_to_predict_from(deployed: Operated) -> None:
    ended = deployed("predict")

    assert ended.status == Exit.HISTORY
    assert "COLLECTOR" in ended.err


def test_other_refusals_keep_their_codes(operate: Operated, tmp_path: Path) -> None:
    file = tmp_path / "sockets.json"
    series = [{"points": points(1200)}]
    file.write_text(json.dumps({"timeSeries": series}))

    assert operate("predict", "--time-zone", "Mars/Base").status == Exit.NOT_ASKED
    assert operate("predict", "--apply", "--history", str(file)).status == Exit.NO_REVISION
    operate.machine.missing.add("gcloud")
    assert operate("predict", "--apply", "--history", str(file)).status == Exit.TOOL

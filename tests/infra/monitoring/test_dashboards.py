"""Dashboards are what the APIs take, show what exists, and lay no panel upon another."""

import json
import re
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from google.cloud.monitoring_dashboard_v1 import Dashboard
from google.protobuf.json_format import ParseDict, ParseError

from tests.infra.monitoring.conftest import Promtool
from tests.infra.monitoring.figures import faults_of
from tests.infra.monitoring.files import DASHBOARDS, GRAFANA, PLATFORM_POLICIES, content_of, values_of

SEED = {"Emergence Auth Service", "Emergence Session Service", "Emergence Overview"}
AUTOMATIC = (
    "run.googleapis.com/request_count",
    "run.googleapis.com/request_latencies",
    "run.googleapis.com/container/instance_count",
    "run.googleapis.com/container/memory/utilizations",
    "run.googleapis.com/container/cpu/utilizations",
)
CUSTOM = (
    "sessions_timeout_total",
    "sessions_warning_sent_total",
    "sessions_active_current",
    "session_inactivity_duration_seconds",
)
GRAFANA_COLUMNS = 24
Box = tuple[int, int, int, int]


def parsed(content: dict[str, object]) -> Dashboard:
    """Return a dashboard as the API's own message. Raises ParseError for what it does not have."""
    message = Dashboard()
    ParseDict(content, Dashboard.pb(message))
    return message


def queries() -> dict[str, list[str]]:
    """Return the PromQL of each board, by file."""
    found = {path.name: values_of(content_of(path), "prometheusQuery") for path in DASHBOARDS}
    found["grafana"] = [query.replace("$__rate_interval", "5m") for query in values_of(content_of(GRAFANA), "expr")]
    return found


def overlaps(one: Box, other: Box) -> bool:
    """Return whether two boxes (left, top, width, height) share a place."""
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


def test_the_three_dashboards_of_the_plan_are_there() -> None:
    assert {content_of(path)["displayName"] for path in DASHBOARDS} == SEED


@pytest.mark.parametrize("path", DASHBOARDS, ids=[path.stem for path in DASHBOARDS])
def test_a_dashboard_is_a_message_of_the_api(path: Path) -> None:
    board = parsed(content_of(path))
    boxes = [(tile.x_pos, tile.y_pos, tile.width, tile.height) for tile in board.mosaic_layout.tiles]

    assert all(left + width <= board.mosaic_layout.columns for left, _, width, _ in boxes)
    assert [pair for pair in combinations(boxes, 2) if overlaps(*pair)] == []
    assert all(tile.widget.title and tile.widget.xy_chart.data_sets for tile in board.mosaic_layout.tiles)


@pytest.mark.parametrize("path", DASHBOARDS, ids=[path.stem for path in DASHBOARDS])
def test_every_dashboard_shows_what_cloud_run_counts_by_itself(path: Path) -> None:
    text = path.read_text()

    assert [name for name in AUTOMATIC if name not in text] == []
    assert {"REDUCE_PERCENTILE_50", "REDUCE_PERCENTILE_95", "REDUCE_PERCENTILE_99"} <= set(
        values_of(content_of(path), "crossSeriesReducer")
    )


def test_the_dashboard_of_session_shows_its_own_figures() -> None:
    shown = " ".join(queries()["session-service.json"])

    assert [name for name in CUSTOM if name not in shown] == []


def test_a_dashboard_that_the_api_would_refuse_is_noticed() -> None:
    content = json.loads(DASHBOARDS[0].read_text().replace('"xyChart"', '"lineChart"', 1))

    with pytest.raises(ParseError):
        parsed(content)


@pytest.mark.parametrize("board", sorted(queries()))
def test_boards_ask_only_for_figures_and_labels_that_the_product_has(board: str) -> None:
    assert {query: found for query in queries()[board] if (found := faults_of(query))} == {}


def test_every_query_of_a_board_is_promql(promtool: Promtool, tmp_path: Path) -> None:
    every = sorted({query for board in queries().values() for query in board})
    rules = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(every)]
    (tmp_path / "queries.yaml").write_text(yaml.safe_dump({"groups": [{"name": "boards", "rules": rules}]}))

    checked = promtool("check", "rules", "queries.yaml", folder=tmp_path)

    assert len(every) > 30
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_board_of_grafana_lays_no_panel_upon_another() -> None:
    panels = content_of(GRAFANA)["panels"]
    places = [panel["gridPos"] for panel in panels]
    boxes = [(place["x"], place["y"], place["w"], place["h"]) for place in places]

    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(left + width <= GRAFANA_COLUMNS for left, _, width, _ in boxes)
    assert [pair for pair in combinations(boxes, 2) if overlaps(*pair)] == []
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}


def test_platform_alerts_watch_what_a_dashboard_shows() -> None:
    shown = " ".join(path.read_text() for path in DASHBOARDS)
    watched = {
        name for path in PLATFORM_POLICIES for name in re.findall(r'metric.type=\\"(run[^"\\]+)', path.read_text())
    }

    assert len(watched) >= 6
    assert watched - set(re.findall(r"run\.googleapis\.com/[a-z_/]+", shown)) == {
        "run.googleapis.com/container/startup_latencies",
        "run.googleapis.com/pending_queue/pending_requests",
    }

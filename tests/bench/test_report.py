"""What a measurement prints, and what its exit status says."""

import json

import pytest

from bench.instruments.machine import this_machine
from bench.instruments.report import EXIT_MET, EXIT_MISSED, Figure, Report, publish


def report_of(*figures: Figure) -> Report:
    return Report("start", this_machine(), figures)


def test_the_report_is_one_json_document_with_each_figure_beside_its_target(
    capsys: pytest.CaptureFixture[str],
) -> None:
    publish(report_of(Figure("ready_auth", 0.61234, "s", target=1.0, note="0.5 to 0.7")))

    printed = json.loads(capsys.readouterr().out)

    assert printed["bench"] == "start"
    assert printed["met"] is True
    assert printed["machine"]["cores"] >= 1
    assert printed["figures"] == [
        {
            "name": "ready_auth",
            "value": 0.6123,
            "unit": "s",
            "target": 1.0,
            "relation": "<=",
            "met": True,
            "note": "0.5 to 0.7",
        }
    ]


def test_a_missed_target_exits_with_1_and_says_which(capsys: pytest.CaptureFixture[str]) -> None:
    status = publish(report_of(Figure("good", 1, "s", target=1), Figure("late", 1.5, "s", target=1)))

    said = capsys.readouterr()
    assert status == EXIT_MISSED == 1
    assert json.loads(said.out)["met"] is False
    assert "late is 1.5 s, wanted <= 1" in said.err
    assert "good" not in said.err


def test_met_targets_exit_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert publish(report_of(Figure("rate", 120, "tokens/s", target=100, relation=">="))) == EXIT_MET == 0


def test_a_figure_without_a_target_misses_nothing() -> None:
    report = report_of(Figure("idle_cpu", 99, "cpu-s"))

    assert report.met
    assert report.document()["figures"] == [
        {"name": "idle_cpu", "value": 99.0, "unit": "cpu-s", "target": None, "relation": "<=", "note": "", "met": None}
    ]


@pytest.mark.parametrize(("value", "is_met"), [(1.00004, True), (1.001, False)])
def test_a_value_counts_as_it_is_printed(value: float, is_met: bool) -> None:
    assert Figure("ready_auth", value, "s", target=1.0).met is is_met


def test_the_machine_says_how_busy_it_is() -> None:
    machine = this_machine()

    assert machine.reference_cpu_s > 0
    assert machine.contention > 0
    assert machine.measured_at.endswith("+00:00")

"""Alerting rules: promtool accepts them, each is tested from both sides, and they ask only for figures that exist."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from monitoring.write_policies import Rule, alerting_rules
from tests.architecture.sources import ROOT
from tests.infra.monitoring.conftest import Promtool
from tests.infra.monitoring.figures import declared, faults_of, figure_of, series_of
from tests.infra.monitoring.files import MONITORING, RULES

OPERATIONS = ROOT / "docs" / "operations.md"
ROW = re.compile(r"^\| (`.+?`) \|[^|]*\| *([^|]*?) *\|$", re.MULTILINE)
NEVER, ALWAYS = "vector(0) > 1", "vector(1)"
NAMED = re.compile(r'alertname=\\"(\w+)\\"')


@pytest.fixture(scope="module")
def rules() -> dict[str, Rule]:
    return alerting_rules(MONITORING / "rules")


def with_every_rule_as(expression: str, folder: Path) -> None:
    """Copy rules and tests into a folder, with another expression in each rule."""
    shutil.copytree(MONITORING / "rule-tests", folder / "rule-tests")
    (folder / "rules").mkdir()
    for path in RULES:
        content = yaml.safe_load(path.read_text())
        for group in content["groups"]:
            for rule in group["rules"]:
                rule["expr"] = expression
                rule.pop("for", None)
        (folder / "rules" / path.name).write_text(yaml.safe_dump(content))


def case_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in (folder / "rule-tests").glob("*.yaml"))


def test_rules_are_well_formed_and_do_what_their_tests_say(promtool: Promtool) -> None:
    checked = promtool("check", "rules", *(str(path) for path in RULES), folder=MONITORING)
    tested = promtool("test", "rules", *case_files(MONITORING), folder=MONITORING)

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert tested.returncode == 0, tested.stdout + tested.stderr


@pytest.mark.parametrize("expression", [NEVER, ALWAYS], ids=["never", "always"])
def test_a_rule_that_never_or_always_fires_fails_its_test(
    expression: str, promtool: Promtool, rules: dict[str, Rule], tmp_path: Path
) -> None:
    with_every_rule_as(expression, tmp_path)

    tested = promtool("test", "rules", *case_files(tmp_path), folder=tmp_path)

    assert tested.returncode == 1
    assert set(rules) - set(NAMED.findall(tested.stdout + tested.stderr)) == set(), "add a case to rule-tests/"


def test_rules_ask_only_for_figures_labels_and_values_that_the_product_has(rules: dict[str, Rule]) -> None:
    faults = {name: found for name, rule in rules.items() if (found := faults_of(rule["expr"]))}

    assert faults == {}


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("sum(sessions_total)", "nobody declares the figure sessions_total"),
        ("rate(auth_password_wait_seconds[5m])", "nobody declares the figure auth_password_wait_seconds"),
        ('rate(auth_logins_total{user="ada"}[5m])', "auth_logins_total has no label user"),
        (
            'rate(auth_logins_total{outcome="vanished"}[5m])',
            "auth_logins_total: nothing in the code gives outcome the value vanished",
        ),
        ("sum by (user) (rate(auth_logins_total[5m]))", "grouped by user, which none of its figures has"),
    ],
)
def test_a_query_about_what_does_not_exist_is_noticed(query: str, fault: str) -> None:
    assert faults_of(query) == [fault]


def test_every_figure_with_an_alert_in_the_document_has_a_rule(rules: dict[str, Rule]) -> None:
    watched = {series for rule in rules.values() for series in series_of(rule["expr"])}
    table = OPERATIONS.read_text().partition("## Figures")[2].partition("## What to watch")[0]
    rows = {figures: alert for figures, alert in ROW.findall(table) if alert and alert != "alert when"}

    assert len(rows) >= 25
    unwatched = [
        name
        for figures in rows
        for name in re.findall(r"`([a-z_]+)", figures)
        if not {name, f"{name}_bucket"} & watched
    ]
    assert unwatched == [], "write a rule, its test and its runbook, or take the alert out of the document"


def test_quantiles_and_rates_are_asked_of_the_right_kind(rules: dict[str, Rule]) -> None:
    for name, rule in rules.items():
        for series in re.findall(r"\b(?:rate|increase)\(\s*([a-z_]+)", rule["expr"]):
            figure = figure_of(series)
            assert figure is None or figure.kind != "gauge", f"{name}: {series} is a gauge"
    assert {figure.kind for figure in declared().values()} == {"counter", "gauge", "histogram"}


def test_every_rule_says_how_urgent_it_is_and_where_its_runbook_is(rules: dict[str, Rule]) -> None:
    for name, rule in rules.items():
        assert rule["labels"]["severity"] in {"page", "ticket"}, name
        assert set(rule["annotations"]) == {"summary", "runbook"}, name
        assert rule["annotations"]["summary"].endswith("."), name


def test_the_configuration_of_prometheus_is_accepted(promtool: Promtool, tmp_path: Path) -> None:
    shutil.copytree(MONITORING / "rules", tmp_path / "rules")
    shutil.copy(MONITORING / "prometheus.yaml", tmp_path)
    (tmp_path / "metrics-token").touch()

    checked = promtool("check", "config", "prometheus.yaml", folder=tmp_path)

    assert checked.returncode == 0, checked.stdout + checked.stderr

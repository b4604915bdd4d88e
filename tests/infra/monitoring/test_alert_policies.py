"""Alert policies are what Cloud Monitoring's API takes, and those about figures are what the rules say."""

from pathlib import Path

import pytest
from google.cloud.monitoring_v3 import AlertPolicy
from google.protobuf.json_format import ParseDict, ParseError

from monitoring.write_policies import policies
from tests.infra.monitoring.files import FIGURE_POLICIES, PLATFORM_POLICIES, content_of, values_of

POLICIES = PLATFORM_POLICIES + FIGURE_POLICIES


def parsed(content: dict[str, object]) -> AlertPolicy:
    """Return a policy as the API's own message. Raises ParseError for a field or value that it does not have."""
    message = AlertPolicy()
    ParseDict(content, AlertPolicy.pb(message))
    return message


@pytest.mark.parametrize("path", POLICIES, ids=[path.stem for path in POLICIES])
def test_a_policy_is_a_message_of_the_api(path: Path) -> None:
    policy = parsed(content_of(path))

    assert policy.display_name == path.stem
    assert policy.severity.name in {"CRITICAL", "WARNING"}
    assert policy.user_labels["managed-by"] == "emergence"
    assert policy.documentation.content
    assert len(policy.conditions) == 1


@pytest.mark.parametrize(
    "change", [{"conditons": []}, {"combiner": "ANY"}, {"alertStrategy": {"autoClose": "1 day"}}], ids=str
)
def test_a_policy_that_the_api_would_refuse_is_noticed(change: dict[str, object]) -> None:
    with pytest.raises(ParseError):
        parsed(content_of(POLICIES[0]) | change)


def test_the_policies_about_figures_are_what_the_rules_say() -> None:
    written = {path.name: path.read_text() for path in FIGURE_POLICIES}

    assert written == policies(), "run .venv/bin/python infra/cloud-run/monitoring/write_policies.py"


def test_durations_are_what_cloud_monitoring_allows() -> None:
    for path in POLICIES:
        for condition in parsed(content_of(path)).conditions:
            asked = condition.condition_prometheus_query_language or condition.condition_threshold
            assert asked.duration.seconds % 30 == 0, f"{path.name}: a multiple of 30 seconds"


@pytest.mark.parametrize("path", PLATFORM_POLICIES, ids=[path.stem for path in PLATFORM_POLICIES])
def test_a_filter_names_one_metric_and_the_resources_that_are_ours(path: Path) -> None:
    content = content_of(path)

    for text in values_of(content, "filter") + values_of(content, "denominatorFilter"):
        assert text.count("metric.type=") == 1
        assert "emergence" in text

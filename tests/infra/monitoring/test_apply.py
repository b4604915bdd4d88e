"""Dashboards and alerts reach Cloud Monitoring without Terraform, once, and what others made stays."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.infra.monitoring.cloud_monitoring import TOKEN, CloudMonitoring, cloud_monitoring
from tests.infra.monitoring.files import DASHBOARDS, MONITORING, PLATFORM_POLICIES, content_of

Apply = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def there() -> Iterator[CloudMonitoring]:
    with cloud_monitoring() as found:
        yield found


@pytest.fixture
def apply(there: CloudMonitoring, tmp_path: Path) -> Apply:
    """Return what runs apply.sh against the stand-in, with a gcloud that only prints a token."""
    (tmp_path / "gcloud").write_text(f'#!/bin/sh\n[ "$*" = "auth print-access-token" ] && echo "{TOKEN}"\n')
    (tmp_path / "gcloud").chmod(0o755)

    def run(*words: str, **surroundings: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": f"{tmp_path}:/usr/bin:/bin",
            "PYTHON": sys.executable,
            "PROJECT_ID": "emergence-469005",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING": there.url,
            **surroundings,
        }
        return subprocess.run(
            [MONITORING / "apply.sh", *words], env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    return run


def test_dashboards_are_created_once_and_then_updated(apply: Apply, there: CloudMonitoring) -> None:
    first, second = apply("dashboards"), apply("dashboards")

    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert first.stdout.count(": created") == second.stdout.count(": updated") == len(DASHBOARDS)
    assert {each["displayName"] for each in there.held.values()} == {
        content_of(path)["displayName"] for path in DASHBOARDS
    }
    assert {each["etag"] for each in there.held.values()} == {"2"}


def test_alerts_keep_the_channels_that_somebody_connected(apply: Apply, there: CloudMonitoring) -> None:
    assert apply("alerts", "--only", "DatabaseDiskFull").returncode == 0
    [policy] = there.held.values()
    policy |= {"notificationChannels": ["projects/emergence-469005/notificationChannels/1"], "conditions": []}

    again = apply("alerts", "--only", "DatabaseDiskFull")

    assert again.stdout == "DatabaseDiskFull: updated\n"
    [policy] = there.held.values()
    assert policy["notificationChannels"] == ["projects/emergence-469005/notificationChannels/1"]
    assert (
        policy["conditions"] == content_of(MONITORING / "alerts" / "platform" / "DatabaseDiskFull.json")["conditions"]
    )


def test_what_somebody_else_made_is_left_alone(apply: Apply, there: CloudMonitoring) -> None:
    theirs = {"name": "projects/emergence-469005/dashboards/7", "displayName": "Emergence Overview", "etag": "9"}
    there.held[theirs["name"]] = dict(theirs)

    apply("dashboards", "--only", "overview")

    assert there.held[theirs["name"]] == theirs
    assert len(there.held) == 2


def test_alerts_about_figures_are_asked_for_by_name(apply: Apply) -> None:
    without, with_figures = apply("alerts", "--dry-run"), apply("alerts", "--figures", "--dry-run")

    assert without.stdout.count("would be created") == len(PLATFORM_POLICIES)
    assert "EventParked: would be created" in with_figures.stdout


def test_a_dry_run_changes_nothing(apply: Apply, there: CloudMonitoring) -> None:
    apply("dashboards", "--dry-run")

    assert {method for method, _ in there.asked} == {"GET"}


@pytest.mark.parametrize(
    ("status", "code"), [(400, 1), (401, 11), (403, 12), (404, 12), (409, 1), (429, 41), (503, 41)]
)
def test_a_refusal_is_one_line_with_its_exit_code(status: int, code: int, apply: Apply, there: CloudMonitoring) -> None:
    there.refuses_with = status

    asked = apply("dashboards")

    assert asked.returncode == code
    assert asked.stderr.count("\n") == 1
    assert "said in two lines" in asked.stderr


@pytest.mark.parametrize(
    ("words", "surroundings", "code", "said"),
    [
        (("dashboards",), {"PROJECT_ID": ""}, 12, "PROJECT_ID is not set"),
        (("dashboards", "--only", "moon"), {}, 2, "there is no file moon.json"),
        (("alerts",), {"CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING": "http://127.0.0.1:9/"}, 41, "does not answer"),
    ],
    ids=["project", "file", "away"],
)
def test_bad_input_is_refused_with_what_to_do(
    words: tuple[str, ...], surroundings: dict[str, str], code: int, said: str, apply: Apply
) -> None:
    asked = apply(*words, **surroundings)

    assert asked.returncode == code
    assert said in asked.stderr
    assert asked.stderr.count("\n") == 1


def test_who_is_not_signed_in_is_told_so(apply: Apply, tmp_path: Path) -> None:
    (tmp_path / "gcloud").write_text("#!/bin/sh\nexit 1\n")

    asked = apply("alerts")

    assert asked.returncode == 11
    assert "gcloud auth login" in asked.stderr

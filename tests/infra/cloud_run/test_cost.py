"""What the manifests cost is computed from their sizes; the first estimate stands beside what its sizes come to."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from shutil import copytree

import pytest
import yaml

from blueprint.__main__ import main
from blueprint.cost import Size, costs, load_rates, maximum, minimum, sizes, total
from blueprint.cost_beside import Place
from blueprint.cost_report import BUDGET, report, text
from blueprint.files import FOLDER
from blueprint.refusal import InvalidManifest
from blueprint.services import every_service

# What the seed's own sizes come to, and what its table says: US dollars a month.
COMPUTED = {
    "auth": ("98.50", "984.96"),
    "session": ("393.98", "3939.84"),
    "total": ("492.48", "4924.80"),
}
ESTIMATED = {
    "auth": ([10, 15], [50, 100]),
    "session": ([40, 60], [200, 400]),
    "total": ([50, 75], [250, 500]),
}
RATES = load_rates()
ONE = Size("one", 1, 1, Decimal(1), Decimal(1), is_request_based=True, probe_period_s=60)


def test_the_seeds_sizes_cost_what_they_cost_and_not_what_was_estimated() -> None:
    rows = {row["service"]: row for row in report("seed")["estimated"]}

    assert {key: (row["minimum"], row["maximum"]) for key, row in rows.items()} == COMPUTED
    assert {key: (row["estimated_minimum"], row["estimated_maximum"]) for key, row in rows.items()} == ESTIMATED


def test_the_seeds_sizes_are_those_of_its_table() -> None:
    found = {size.key: size for size in sizes("seed")}

    assert [(size.least, size.most, int(size.vcpu), int(size.gib)) for size in (found["auth"], found["session"])] == [
        (1, 10, 2, 1),
        (2, 20, 4, 2),
    ]


def test_the_default_profile_stays_within_its_budget_with_all_three_services() -> None:
    found = sizes("default")

    whole = total(costs(found, RATES))

    assert [size.key for size in found] == ["auth", "session", "main"]
    assert whole.minimum == Decimal("62.30")
    assert whole.minimum <= BUDGET == 75


def test_the_rates_are_those_of_the_price_page() -> None:
    request, instance = RATES["request_based"], RATES["instance_based"]

    assert request["active"] == {"vcpu_second": 0.000024, "gib_second": 0.0000025}
    assert request["idle"] == {"vcpu_second": 0.0000025, "gib_second": 0.0000025}
    assert request["million_requests"] == 0.40
    assert request["free"] == {"vcpu_seconds": 180_000, "gib_seconds": 360_000, "requests": 2_000_000}
    assert instance["always"] == {"vcpu_second": 0.000018, "gib_second": 0.000002}
    assert instance["free"] == {"vcpu_seconds": 240_000, "gib_seconds": 450_000}
    assert RATES["month_seconds"] == 30 * 24 * 3600


def test_an_idle_instance_pays_for_its_probes() -> None:
    silent = replace(ONE, probe_period_s=10**9)

    assert minimum(silent, RATES).quantize(Decimal("0.01")) == Decimal("12.96")
    assert minimum(ONE, RATES) > minimum(silent, RATES)
    assert maximum(ONE, RATES) == Decimal("68.688")


def test_a_service_that_others_keep_busy_is_not_counted_as_idle() -> None:
    """Session and main hold auth's feed of revocations open: billed by request it would never be idle."""
    found = {size.key: size for size in sizes("default")}

    assert not found["auth"].is_request_based
    assert not found["session"].is_request_based, "replies go on when the last socket has closed"


def test_leaving_the_budget_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = changed(tmp_path, "session", "autoscaling.knative.dev/minScale", "1")
    told = report("default", folder)
    monkeypatch.setattr("blueprint.commands.cost.report", lambda profile, place: report(profile, folder, place))

    assert Decimal(told["total"]["minimum"]) == Decimal("111.55")
    assert main(["cost"]) == 1


def test_an_environment_costs_what_its_own_sizes_come_to() -> None:
    shown = {name: report("default", place=Place(name))["services"] for name in ("dev", "staging", "prod")}
    instances = {name: {row["service"]: row["instances"] for row in rows} for name, rows in shown.items()}

    assert instances["dev"] == {"auth": "0-4", "session": "0-4", "main": "0-4"}
    assert instances["staging"] == {"auth": "1-2", "session": "0-2", "main": "1-2"}
    assert instances["prod"] == {"auth": "1-4", "session": "0-4", "main": "1-4"}
    assert [total(costs(sizes("default", environment=name), RATES)).minimum for name in instances] == [
        Decimal("0.00"),
        Decimal("62.30"),
        Decimal("62.30"),
    ]


def test_an_environment_that_keeps_many_instances_leaves_the_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cloud-run"
    copytree(FOLDER, folder, ignore=lambda *_: [".venv", "blueprint"])
    kept = {"spec": {"template": {"metadata": {"annotations": {"autoscaling.knative.dev/minScale": "3"}}}}}
    prod = folder / "environments" / "prod.yaml"
    prod.write_text(yaml.safe_dump(yaml.safe_load(prod.read_text()) | {"services": {"auth": kept}}))
    monkeypatch.setattr("blueprint.commands.cost.report", lambda profile, place: report(profile, folder, place))

    assert main(["cost", "--env", "prod"]) == 1
    assert main(["cost", "--env", "staging"]) == 0


def test_a_size_that_is_missing_is_named(tmp_path: Path) -> None:
    folder = changed(tmp_path, "auth", "autoscaling.knative.dev/maxScale", None)

    with pytest.raises(InvalidManifest, match=r"auth.*maxScale"):
        sizes("default", folder)


def test_the_table_says_every_service_and_what_it_leaves_out() -> None:
    shown = text(report("default"))

    assert all(f"\n{service.key} " in shown for service in every_service())
    assert "Cloud SQL" in shown
    assert "62.30" in shown


def changed(tmp_path: Path, service: str, annotation: str, value: str | None) -> Path:
    """Return a copy of the folder in which one annotation of a manifest says something else."""
    folder = tmp_path / "cloud-run"
    copytree(FOLDER, folder, ignore=lambda *_: [".venv", "blueprint"])
    path = folder / f"{service}-service.yaml"
    manifest = yaml.safe_load(path.read_text())
    annotations = manifest["spec"]["template"]["metadata"]["annotations"]
    annotations[annotation] = value
    if value is None:
        del annotations[annotation]
    path.write_text(yaml.safe_dump(manifest))
    return folder

"""What stands beside the services is priced apart, by environment, each with its source."""

import copy
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from blueprint.__main__ import main
from blueprint.cost import load_rates, sizes
from blueprint.cost_beside import Place, beside, total
from blueprint.cost_report import report, text
from blueprint.files import FOLDER
from blueprint.refusal import InvalidManifest

RATES = load_rates()
SIZES = sizes("default")


def months(place: Place) -> dict[str, str]:
    return {line.what: str(line.month) for line in beside(place, SIZES, RATES)}


def test_dev_has_no_load_balancer_and_the_others_have_one() -> None:
    dev, staging, prod = (months(Place(environment)) for environment in ("dev", "staging", "prod"))

    assert dev == {"Cloud SQL": "51.14", "network": "0.00", "images": "0.40", "secrets": "0.90"}
    assert staging == prod == {"load balancer": "18.08", **dev}


def test_each_amount_is_its_rate_times_its_quantity() -> None:
    # (0.0413 + 3.75 GiB × 0.007) × 720 hours = 48.636, with 1.70 of disk and 0.80 of backups
    assert months(Place())["Cloud SQL"] == "51.14"
    assert months(Place(tier="db-f1-micro"))["Cloud SQL"] == "10.06"
    assert months(Place(tier="db-g1-small"))["Cloud SQL"] == "27.70"
    assert months(Place(has_connector=True))["VPC connector"] == "12.10"
    assert months(Place(bus="pubsub"))["Pub/Sub"] == "0.11"


def test_a_collector_is_paid_for_in_each_instance_that_runs() -> None:
    """0.1 processors and 0.125 GiB: by the instance in auth, by the request in main, in no instance of session."""
    always = (Decimal("0.1") * Decimal("0.000018") + Decimal("0.125") * Decimal("0.000002")) * 2_592_000

    idle, active = Decimal("1.458"), Decimal("7.0308")  # main, of which a tenth of a second in a minute is a probe
    assert (always, round(always + idle * 599 / 600 + active / 600, 2)) == (Decimal("5.3136"), Decimal("6.78"))
    assert months(Place(has_collector=True))["collectors"] == "6.78"
    assert "collectors" not in months(Place())


def test_a_second_region_adds_a_replica_its_traffic_images_and_secrets() -> None:
    """48.636 of machine and 1.70 of disk; 10 GiB between regions; what one region has of images and secrets."""
    one, two = months(Place("prod")), months(Place("prod", has_standby=True))

    added = {what: month for what, month in two.items() if what not in one}
    assert added == {"replica": "50.34", "replication": "0.20", "images there": "0.40", "secrets there": "0.90"}
    assert {what: two[what] for what in one} == one
    smaller = months(Place("prod", tier="db-f1-micro", has_standby=True))
    assert smaller["replica"] == "9.26"


def test_more_than_five_rules_cost_more() -> None:
    rates = copy.deepcopy(RATES)
    rates["quantities"]["forwarding_rules"] = 7

    found = {line.what: line.month for line in beside(Place("prod"), SIZES, rates)}

    assert found["load balancer"] == Decimal("32.48")


def test_the_database_is_the_one_that_terraform_makes(tmp_path: Path) -> None:
    (tmp_path / "terraform").mkdir()
    told = (FOLDER / "terraform" / "variables.tf").read_text()
    for name in ("environments", "buses"):
        (tmp_path / name).symlink_to(FOLDER / name)
    for manifest in FOLDER.glob("*-service.yaml"):
        (tmp_path / manifest.name).symlink_to(manifest)
    (tmp_path / "terraform" / "variables.tf").write_text(told.replace("db-custom-1-3840", "db-custom-2-8192"))

    line = next(line for line in beside(Place(), SIZES, RATES, tmp_path) if line.what == "Cloud SQL")

    assert (line.amount.partition(",")[0], line.month) == ("db-custom-2-8192", Decimal("102.29"))


@pytest.mark.parametrize(
    ("place", "named"),
    [(Place("nowhere"), "environment"), (Place(bus="pigeons"), "bus"), (Place(tier="db-n1-mega"), "db-n1-mega")],
)
def test_what_is_not_known_is_refused(place: Place, named: str) -> None:
    with pytest.raises(InvalidManifest, match=named):
        beside(place, SIZES, RATES)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rates: rates["beside"]["secret_manager"].pop("version_month"),
        lambda rates: rates["beside"]["cloud_sql"].update(vcpu_hour="cheap"),
        lambda rates: rates["quantities"].pop("registry_gib"),
    ],
)
def test_a_rate_that_is_missing_is_named_and_not_nothing(spoil: Callable[[dict[str, Any]], object]) -> None:
    rates = copy.deepcopy(RATES)
    spoil(rates)

    with pytest.raises(InvalidManifest, match=r"rates.yaml has no number at"):
        beside(Place(), SIZES, rates)


def test_every_rate_has_a_source_and_some_say_that_they_are_uncertain() -> None:
    lines = {line.what: line for line in beside(Place("prod", bus="pubsub"), SIZES, RATES)}

    assert all("https://cloud.google.com/" in line.source or "public" in line.source for line in lines.values())
    assert {what for what, line in lines.items() if line.uncertain} == {"Cloud SQL", "images"}
    shown = text(report("default", place=Place("prod")))
    assert "\n~Cloud SQL" in shown
    assert "\nload balancer" in shown


def test_it_is_shown_apart_and_the_services_figures_do_not_change() -> None:
    alone, prod = report("default"), report("default", place=Place("prod", bus="pubsub"))

    assert alone["total"] == prod["total"] == {"minimum": "62.30", "maximum": "668.73", "in_use": "106.00"}
    assert prod["beside_total"] == str(total(beside(Place("prod", bus="pubsub"), SIZES, RATES))) == "70.63"
    assert prod["minimum_with_beside"] == "132.93"
    assert "132.93" in text(prod)


def test_the_command_takes_environment_and_bus(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--env", "prod", "--bus", "pubsub", "--database-tier", "db-g1-small", "--vpc-connector")

    assert main(["cost", *words]) == 0
    shown = capsys.readouterr().out
    assert all(each in shown for each in ("Beside the services in prod", "db-g1-small", "VPC connector", "Pub/Sub"))
    assert main(["cost", "--env", "nowhere"]) != 0

"""What would be made is written down: a change of resources shows in review as a change of inventories/*.txt.

Written anew by `.venv/bin/python -m tests.infra.terraform.test_inventories`.
"""

import tempfile
from pathlib import Path

import pytest

from tests.infra.terraform.conftest import Plans
from tests.infra.terraform.offline import DEPLOYMENTS, workspace
from tests.infra.terraform.planned import inventory, resources

pytestmark = pytest.mark.xdist_group("terraform")  # one worker plans for all

INVENTORIES = Path(__file__).parent / "inventories"


@pytest.mark.parametrize("environment", sorted(DEPLOYMENTS))
def test_a_deployment_makes_what_its_inventory_says(environment: str, plans: Plans) -> None:
    assert inventory(plans[environment]).splitlines() == (INVENTORIES / f"{environment}.txt").read_text().splitlines()


def test_a_plan_only_makes_things(plans: Plans) -> None:
    for plan in plans.values():
        assert {action for change in plan["resource_changes"] for action in change["change"]["actions"]} == {"create"}


def test_a_deployment_for_trying_out_has_no_load_balancer(plans: Plans) -> None:
    edge = {"google_compute_url_map", "google_compute_global_forwarding_rule", "google_compute_backend_service"}

    assert edge & {resource.kind for resource in resources(plans["dev"])} == set()
    assert edge <= {resource.kind for resource in resources(plans["prod"])}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        place = workspace(Path(folder))
        for name, variables in DEPLOYMENTS.items():
            (INVENTORIES / f"{name}.txt").write_text(inventory(place.plan(variables)))

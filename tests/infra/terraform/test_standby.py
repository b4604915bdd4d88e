"""A second region: nothing of it without its variable, and after a failover everything that serves is there."""

import json

import pytest

from tests.infra.terraform.conftest import Plans
from tests.infra.terraform.offline import DEPLOYMENTS, Workspace
from tests.infra.terraform.planned import inventory, only, resources

pytestmark = pytest.mark.xdist_group("terraform")

FIRST, SECOND = "europe-west1", "europe-west4"


def test_without_the_variable_nothing_is_in_a_second_region(plans: Plans) -> None:
    for environment in ("dev", "staging", "prod"):
        assert SECOND not in json.dumps(plans[environment]["planned_values"])
        assert "standby" not in inventory(plans[environment]).lower()


def test_the_replica_is_private_protected_and_as_large_as_the_database(plans: Plans) -> None:
    plan = plans["standby"]
    primary = only(plan, "google_sql_database_instance.own")
    replica = only(plan, "google_sql_database_instance.standby[0]")
    own, its = primary["settings"][0], replica["settings"][0]

    assert (replica["region"], replica["master_instance_name"]) == (SECOND, "emergence")
    assert replica["deletion_protection"] and its["deletion_protection_enabled"]
    assert not its["ip_configuration"][0]["ipv4_enabled"]
    assert its["ip_configuration"][0]["ssl_mode"] == "ENCRYPTED_ONLY"
    for setting in ("tier", "edition", "disk_type", "database_flags", "availability_type"):
        assert its[setting] == own[setting], setting
    assert not its["backup_configuration"], "Google takes no backups of a replica"
    assert own["backup_configuration"][0]["enabled"]


def test_secrets_and_events_are_kept_in_both_regions(plans: Plans) -> None:
    for environment, expected in (("prod", [FIRST]), ("standby", [FIRST, SECOND])):
        for secret in resources(plans[environment], "google_secret_manager_secret"):
            replicas = secret.values["replication"][0]["user_managed"][0]["replicas"]
            assert [each["location"] for each in replicas] == expected
        for topic in resources(plans[environment], "google_pubsub_topic"):
            assert topic.values["message_storage_policy"][0]["allowed_persistence_regions"] == expected


def test_images_and_network_are_there_before_they_are_needed(plans: Plans) -> None:
    repository = only(plans["standby"], "google_artifact_registry_repository.standby[0]")
    subnet = only(plans["standby"], "google_compute_subnetwork.standby[0]")

    assert (repository["location"], repository["repository_id"]) == (SECOND, "emergence")
    assert (subnet["name"], subnet["region"]) == (f"emergence-{SECOND}", SECOND)
    used = [each.values["ip_cidr_range"] for each in resources(plans["standby"], "google_compute_subnetwork")]
    assert len(set(used)) == len(used)


@pytest.mark.parametrize(("environment", "region"), [("standby", FIRST), ("failed-over", SECOND)])
def test_events_and_waking_follow_the_region_that_serves(plans: Plans, environment: str, region: str) -> None:
    plan = plans[environment]
    pushed = [each.values["push_config"] for each in resources(plan, "google_pubsub_subscription")]
    addresses = [each[0]["push_endpoint"] for each in pushed if each]
    addresses += [each.values["http_target"][0]["uri"] for each in resources(plan, "google_cloud_scheduler_job")]

    assert len(addresses) == 5
    assert all(f".{region}.run.app/" in address for address in addresses)


@pytest.mark.parametrize(("environment", "region"), [("prod", FIRST), ("standby", FIRST), ("failed-over", SECOND)])
def test_each_backend_asks_the_region_that_serves_and_no_other(plans: Plans, environment: str, region: str) -> None:
    told = plans[environment]["planned_values"]["outputs"]["serving_regions"]["value"]

    assert told == dict.fromkeys(("auth", "session", "main"), region)
    for each in resources(plans[environment], "google_compute_backend_service"):
        assert len(each.values["backend"]) == 1, "with two groups the nearer region would serve"


def test_after_a_failover_the_replica_is_a_database_of_its_own_with_backups(plans: Plans) -> None:
    promoted = only(plans["failed-over"], "google_sql_database_instance.standby[0]")
    backups = promoted["settings"][0]["backup_configuration"][0]

    assert not promoted["master_instance_name"]
    assert backups["enabled"] and backups["point_in_time_recovery_enabled"]
    assert backups["location"] == SECOND


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"standby_region": FIRST}, "another region"),
        ({"standby_region": "Netherlands"}, "a region like"),
        ({"active_region": SECOND}, "region or standby_region"),
    ],
)
def test_a_second_region_that_makes_no_sense_is_refused(
    terraform: Workspace, variables: dict[str, str], said: str
) -> None:
    with pytest.raises(AssertionError, match=said):
        terraform.plan({**DEPLOYMENTS["prod"], **variables})

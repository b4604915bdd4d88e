"""What Terraform reads from other files arrives as it is written there: alerts, dashboards, manifests, sizes."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
import yaml

from blueprint.render import sized
from blueprint.services import every_service
from operate.database_user import SHARED
from operate.failover import EVENTS
from operate.place import find_place
from operate.standby import LAG, backend, second
from tests.infra.monitoring.files import DASHBOARDS, FIGURE_POLICIES, PLATFORM_POLICIES, content_of
from tests.infra.terraform.conftest import Plans
from tests.infra.terraform.offline import CLOUD_RUN, DEPLOYMENTS, Workspace
from tests.infra.terraform.planned import only, resources

pytestmark = pytest.mark.xdist_group("terraform")  # one worker plans for all

SERVICES = ("auth", "session", "main")
DIGEST = f"europe-west1-docker.pkg.dev/emergence-469005/emergence/image@sha256:{'0' * 64}"


def rendered(service: str) -> dict[str, Any]:
    """Return a manifest with every placeholder filled, as `blueprint.sh render` prints it."""
    text = (CLOUD_RUN / f"{service}-service.yaml").read_text().replace("${IMAGE}", DIGEST)
    manifest: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{(\w+)\}", lambda found: found[1].lower(), text))
    return manifest


def camel(values: object) -> object:
    """Return planned values in the form of the API: camel case, and nothing that was not given."""
    if isinstance(values, dict):
        named = {re.sub(r"_(\w)", lambda found: found[1].upper(), name): camel(part) for name, part in values.items()}
        return {name: part for name, part in named.items() if part not in (None, [], {}, "")}
    return [camel(part) for part in values] if isinstance(values, list) else values


@pytest.fixture(scope="module")
def deployed(terraform: Workspace) -> dict[str, Any]:
    manifests = {service: json.dumps(rendered(service)) for service in SERVICES}
    return terraform.plan({**DEPLOYMENTS["prod"], "manifests": manifests})


@pytest.mark.parametrize("path", PLATFORM_POLICIES + FIGURE_POLICIES, ids=lambda path: str(path.stem))
def test_an_alert_policy_is_handed_over_whole(path: Any, plans: Plans) -> None:
    policy = content_of(path)

    values: Any = camel(only(plans["standby"], f'google_monitoring_alert_policy.own["{path.stem}"]'))

    for blocks in [values, *values["conditions"]]:
        for name in ("documentation", "alertStrategy", "conditionThreshold", "conditionPrometheusQueryLanguage"):
            if name in blocks:
                [blocks[name]] = blocks[name]
    for condition in values["conditions"]:
        if "conditionThreshold" in condition:
            [condition["conditionThreshold"]["trigger"]] = condition["conditionThreshold"]["trigger"]
    assert {name: values[name] for name in policy} == policy


def test_alerts_about_figures_need_a_collector(plans: Plans) -> None:
    alerts = {resource.key for resource in resources(plans["staging"], "google_monitoring_alert_policy")}

    assert alerts == {path.stem for path in PLATFORM_POLICIES} - {"DatabaseReplicaLags"}, "it needs a second region"
    assert "PublicAddressFails" not in {resource.key for resource in resources(plans["dev"])}


def test_every_dashboard_is_handed_over(plans: Plans) -> None:
    boards = [resource.values["dashboard_json"] for resource in resources(plans["dev"], "google_monitoring_dashboard")]

    assert sorted(boards) == sorted(path.read_text() for path in DASHBOARDS)


@pytest.mark.parametrize("service", SERVICES)
def test_a_manifest_is_deployed_as_it_was_rendered(service: str, deployed: dict[str, Any]) -> None:
    manifest, values = rendered(service), only(deployed, f'google_cloud_run_service.deployed["{service}"]')
    spec = manifest["spec"]["template"]["spec"]
    [wanted], [container] = spec["containers"], values["template"][0]["spec"][0]["containers"]

    assert values["name"] == manifest["metadata"]["name"]
    assert values["metadata"][0]["annotations"] == manifest["metadata"]["annotations"]
    assert (
        values["template"][0]["metadata"][0]["annotations"] == manifest["spec"]["template"]["metadata"]["annotations"]
    )
    assert values["template"][0]["spec"][0]["timeout_seconds"] == spec["timeoutSeconds"]
    assert values["template"][0]["spec"][0]["container_concurrency"] == spec["containerConcurrency"]
    assert container["image"] == DIGEST
    assert container["args"] == wanted["args"]
    assert container["resources"][0]["limits"] == wanted["resources"]["limits"]
    assert {variable["name"]: variable["value"] for variable in container["env"]} == {
        variable["name"]: variable.get("value") for variable in wanted["env"]
    }
    assert {
        variable["name"]: variable["value_from"][0]["secret_key_ref"][0]["key"]
        for variable in container["env"]
        if variable["value_from"]
    } == {
        variable["name"]: variable["valueFrom"]["secretKeyRef"]["key"]
        for variable in wanted["env"]
        if "valueFrom" in variable
    }
    assert container["startup_probe"][0]["failure_threshold"] == wanted["startupProbe"]["failureThreshold"]
    assert container["liveness_probe"][0]["http_get"][0]["path"] == wanted["livenessProbe"]["httpGet"]["path"]


def test_the_database_takes_as_many_connections_as_the_profile_counts_on(plans: Plans) -> None:
    profile = yaml.safe_load((CLOUD_RUN / "profiles" / "default.yaml").read_text())
    [settings] = only(plans["prod"], "google_sql_database_instance.own")["settings"]

    flags = {flag["name"]: flag["value"] for flag in settings["database_flags"]}
    assert flags["max_connections"] == str(profile["database"]["max_connections"])
    alert = content_of(next(path for path in PLATFORM_POLICIES if path.stem == "DatabaseConnectionsHigh"))
    limit = alert["conditions"][0]["conditionThreshold"]["thresholdValue"]
    assert limit == 0.8 * profile["database"]["max_connections"], "the alert comes at 80 % of what the server takes"


def test_the_scripts_find_network_database_and_images_where_terraform_makes_them(plans: Plans) -> None:
    place = find_place("prod", {"PROJECT_ID": "emergence-469005"})
    network, subnet = place.network

    assert only(plans["prod"], "google_compute_network.own")["name"] == network
    assert only(plans["prod"], "google_compute_subnetwork.services")["name"] == subnet
    assert only(plans["prod"], "google_sql_database_instance.own")["name"] == place.sql_instance
    assert only(plans["prod"], "google_sql_database.own")["name"] == SHARED
    replica = only(plans["standby"], "google_sql_database_instance.standby[0]")
    assert replica["name"] == place.standby_instance
    there = second(replace(place, standby_region=replica["region"]), serves=True)
    assert only(plans["standby"], "google_compute_subnetwork.standby[0]")["name"] == there.network[1]
    groups = resources(plans["standby"], "google_compute_region_network_endpoint_group")
    assert {each.values["name"] for each in groups} == {backend(service) for service in SERVICES}
    backends = resources(plans["standby"], "google_compute_backend_service")
    assert {each.values["name"] for each in backends} == {backend(service) for service in SERVICES}
    events = resources(plans["standby"], "google_pubsub_subscription")
    assert all(each.values["name"].startswith(EVENTS) for each in events if each.values["push_config"])
    lags = content_of(next(path for path in PLATFORM_POLICIES if path.stem == "DatabaseReplicaLags"))
    assert f'metric.type="{LAG}"' in lags["conditions"][0]["conditionThreshold"]["filter"]
    assert only(plans["prod"], "google_artifact_registry_repository.images")["repository_id"] == place.repository


@pytest.mark.parametrize("environment", ["dev", "prod", "staging"])
@pytest.mark.parametrize("profile", ["default", "seed"])
def test_whoever_may_have_no_instance_is_woken(environment: str, profile: str, terraform: Workspace) -> None:
    sizes = {each.key: sized(each, profile, environment)["spec"]["template"] for each in every_service()}
    least = {key: size["metadata"]["annotations"]["autoscaling.knative.dev/minScale"] for key, size in sizes.items()}

    plan = terraform.plan({**DEPLOYMENTS[environment], "profile": profile})

    woken = {resource.key for resource in resources(plan, "google_cloud_scheduler_job")}
    assert woken == {key for key, number in least.items() if number == "0"}
    assert environment != "dev" or {"auth", "main"} <= woken


def test_each_service_reads_the_secrets_of_its_manifest(plans: Plans) -> None:
    wanted = set()
    for service in SERVICES:
        manifest = rendered(service)
        optional = manifest["metadata"]["annotations"].get("emergence.dev/optional-secrets", "")
        env = manifest["spec"]["template"]["spec"]["containers"][0]["env"]
        names = {variable["valueFrom"]["secretKeyRef"]["name"] for variable in env if "valueFrom" in variable}
        wanted |= {f"{service}/{name}" for name in names | set(filter(None, optional.split(",")))}

    granted = {
        resource.key
        for resource in resources(plans["prod"], "google_secret_manager_secret_iam_member")
        if resource.values["role"] == "roles/secretmanager.secretAccessor"
    }
    assert granted == wanted

"""The collector stands beside a service where it is asked for: its own configuration, no port, and what it costs."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from blueprint.files import FOLDER
from blueprint.policy import about_service
from blueprint.refusal import InvalidManifest
from blueprint.render import rendered
from blueprint.services import every_service, service_of
from blueprint.sidecar import STARTS_AFTER, collector
from tests.infra.cloud_run.targets import DIGEST, ENVIRONMENTS, SERVICES, target

REPOSITORY = "europe-west1-docker.pkg.dev/emergence-prod/emergence"
IMAGE = f"{REPOSITORY}/collector@{DIGEST}"


def with_collector(key: str, environment: str = "prod") -> dict[str, Any]:
    return rendered(key, target(image=f"{REPOSITORY}/{key}@{DIGEST}", collector=IMAGE, environment=environment))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("key", SERVICES)
def test_every_service_can_have_it_and_keeps_the_rules(key: str, environment: str) -> None:
    manifest = with_collector(key, environment)

    assert about_service(service_of(key), environment, manifest) == []
    template = manifest["spec"]["template"]
    first, second = template["spec"]["containers"]
    assert json.loads(template["metadata"]["annotations"][STARTS_AFTER]) == {"collector": [first["name"]]}
    assert (second["image"], "ports" in second) == (IMAGE, False)


def test_without_it_nothing_is_otherwise() -> None:
    for service in every_service():
        alone = rendered(service.key, target())
        beside = rendered(service.key, target(collector=IMAGE))
        beside["spec"]["template"]["spec"]["containers"].pop()
        del beside["spec"]["template"]["metadata"]["annotations"][STARTS_AFTER]
        assert beside == alone


def test_it_is_given_the_configuration_that_monitoring_has() -> None:
    given = {
        entry["name"]: entry for entry in with_collector("auth")["spec"]["template"]["spec"]["containers"][1]["env"]
    }

    told = yaml.safe_load(given["COLLECTOR_CONFIG"]["value"])
    assert told == yaml.safe_load((FOLDER / "monitoring" / "collector.yaml").read_text())
    (scrape,) = told["receivers"]["prometheus"]["config"]["scrape_configs"]
    assert scrape["authorization"] == {"credentials": "${env:METRICS_TOKEN}"}, (
        "the collector fills it, not the renderer"
    )
    assert given["METRICS_TOKEN"]["valueFrom"]["secretKeyRef"]["key"] == "1"
    assert len(given["COLLECTOR_CONFIG"]["value"].encode()) < 8_000


def test_it_asks_the_port_at_which_the_service_answers() -> None:
    told = yaml.safe_load((FOLDER / "monitoring" / "collector.yaml").read_text())
    (scrape,) = told["receivers"]["prometheus"]["config"]["scrape_configs"]
    for key in SERVICES:
        (port,) = with_collector(key)["spec"]["template"]["spec"]["containers"][0]["ports"]
        assert scrape["static_configs"] == [{"targets": [f"127.0.0.1:{port['containerPort']}"]}]


def test_a_tag_is_refused() -> None:
    with pytest.raises(InvalidManifest, match="--collector"):
        rendered("auth", target(collector=f"{REPOSITORY}/collector:latest"))


def test_a_file_without_a_container_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sidecars").mkdir()
    sizes = "limits: {cpu: 100m, memory: 128Mi}"
    (tmp_path / "sidecars" / "collector.yaml").write_text(
        f"container: {{name: collector, image: x, resources: {{{sizes}}}, env: []}}"
    )
    with pytest.raises(InvalidManifest, match="COLLECTOR_CONFIG"):
        collector(tmp_path)

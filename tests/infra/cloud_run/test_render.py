"""A manifest is whole for every service, environment and profile; what would fail at Google fails here first."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from blueprint.files import FOLDER
from blueprint.refusal import InvalidManifest
from blueprint.render import PLACEHOLDER, rendered
from blueprint.services import container_of, every_service, service_of
from emergence.composition import problems_under_serve, settings_of
from emergence.kernel.surroundings import CommonSettings
from emergence.process_settings import ProcessSettings
from tests.infra.cloud_run.targets import DIGEST, ENVIRONMENTS, PROFILES, SERVICES, required_secrets, target

STRONG = "c2f7a1905be84d63" * 2
SECRET_VALUES = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "AUTH_JWT_SECRET": STRONG[::-1],
    "AUTH_ADMIN_EMAILS": "ada@example.org",
    "SMTP_FROM_EMAIL": "no-reply@example.org",
}


def environ_of(manifest: dict[str, Any]) -> dict[str, str]:
    """Return the environment that Cloud Run would give the process, with made-up secrets."""
    entries = container_of(manifest)["env"]
    return {each["name"]: each.get("value") or SECRET_VALUES.get(each["name"], STRONG) for each in entries}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("service", SERVICES)
def test_a_rendered_service_has_no_gap_and_its_process_would_start(
    service: str, environment: str, profile: str
) -> None:
    manifest = rendered(service, target(environment=environment, profile=profile))

    assert PLACEHOLDER.findall(json.dumps(manifest)) == []
    assert problems_under_serve(service_of(service).serves, environ_of(manifest)) == []


def test_with_pubsub_every_service_knows_its_topic_and_who_pushes() -> None:
    environ = environ_of(rendered("session", target(bus="pubsub")))

    assert environ["EMERGENCE_BUS"] == "pubsub"
    assert environ["EMERGENCE_BUS_URL"] == "pubsub://emergence-prod"
    assert environ["EMERGENCE_BUS_PUSH_ACCOUNT"] == "emergence-pubsub@emergence-prod.iam.gserviceaccount.com"
    assert environ["SESSION_SERVICE_URL"] == "https://emergence-session-service-123456789012.europe-west1.run.app"


def test_the_product_starts_with_pubsub_where_it_knows_that_bus() -> None:
    if "EMERGENCE_BUS_PUSH_ACCOUNT" not in CommonSettings.variables():
        pytest.skip("this version of the product has no bus on Pub/Sub")

    for service in every_service():
        assert problems_under_serve(service.serves, environ_of(rendered(service.key, target(bus="pubsub")))) == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_of_a_manifest_is_read_by_its_process(service: str) -> None:
    found = service_of(service)
    read = {name for name in found.serves for name in settings_of(name).variables()} | set(ProcessSettings.variables())

    named = {entry["name"] for entry in container_of(found.manifest)["env"]} | set(found.optional_secrets)

    assert named - read == set()


def test_optional_secrets_are_bound_only_when_they_are_named() -> None:
    with_mail = {**required_secrets(), "SMTP_HOST": "4", "SMTP_FROM_EMAIL": "1"}
    without, mailing = (
        container_of(rendered("auth", target(secrets=secrets)))["env"] for secrets in (required_secrets(), with_mail)
    )

    added = [entry for entry in mailing if entry not in without]

    assert [entry["name"] for entry in added] == ["SMTP_HOST", "SMTP_FROM_EMAIL"]
    assert added[0]["valueFrom"] == {"secretKeyRef": {"name": "SMTP_HOST", "key": "4"}}


def test_neighbours_are_called_where_their_process_runs() -> None:
    environ = environ_of(rendered("auth", target()))

    main = "https://emergence-app-123456789012.europe-west1.run.app"
    session = "https://emergence-session-service-123456789012.europe-west1.run.app"
    assert environ["CHAT_SERVICE_URL"] == environ["MEMORY_SERVICE_URL"] == main
    assert environ["SESSION_SERVICE_URL"] == session


def test_dev_needs_no_domain_and_says_the_address_of_main() -> None:
    environ = environ_of(rendered("session", target(environment="dev", public_url=None)))

    assert environ["EMERGENCE_PUBLIC_URL"] == "https://emergence-app-123456789012.europe-west1.run.app"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"image": "europe-west1-docker.pkg.dev/p/r/auth:latest"}, "--image"),
        ({"image": f"AUTH@{DIGEST}"}, "--image"),
        ({"environment": "production"}, "known: dev, prod, staging"),
        ({"profile": "tiny"}, "known: default, seed"),
        ({"bus": "kafka"}, "known: postgres, pubsub"),
        ({"public_url": None}, "--public-url is required"),
        ({"public_url": "http://chat.example.org"}, "--public-url"),
        ({"public_url": "https://chat.example.org/"}, "without a path"),
        ({"secrets": {}}, "pass --secret DATABASE_URL=VERSION"),
        ({"secrets": {"DATABASE_URL": "latest"}}, "number of a version"),
        ({"secrets": {**required_secrets(), "DATABSE_URL": "1"}}, "no service reads DATABSE_URL"),
        ({"revision": "Abc"}, "--revision-suffix"),
        ({"revision": "a" * 23}, "--revision-suffix"),
        ({"project": "Emergence"}, "--project"),
        ({"project_number": "twelve"}, "--project-number"),
        ({"region": "europe"}, "--region"),
        ({"network": "a b"}, "--vpc"),
        ({"subnetwork": "b/c"}, "--vpc"),
    ],
)
def test_what_google_would_refuse_is_refused_with_its_name(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidManifest, match=sentence):
        rendered("auth", target(**changes))


def test_an_unknown_service_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidManifest, match=r"known: auth, session, main"):
        rendered("documents", target())


def test_a_profile_changes_sizes_and_nothing_else() -> None:
    default, seed = (rendered("session", target(profile=profile)) for profile in PROFILES)

    for manifest in (default, seed):
        container = container_of(manifest)
        del container["resources"], manifest["spec"]["template"]["metadata"]["annotations"]
        container["env"] = [each for each in container["env"] if each["name"] != "SESSION_IMPORT_MAX_MEGABYTES"]
    assert default == seed


def test_overlays_name_only_services_and_containers_that_exist() -> None:
    known = {service.key for service in every_service()}

    for overlay in [*FOLDER.glob("profiles/*.yaml"), *FOLDER.glob("environments/*.yaml")]:
        patches = yaml.safe_load(overlay.read_text()).get("services", {})
        assert set(patches) <= known, overlay.name
        for key, patch in patches.items():
            containers = patch["spec"]["template"].get("spec", {}).get("containers", [])
            assert {each["name"] for each in containers} <= {key}, overlay.name


def test_the_command_works_from_any_directory_and_says_no_in_one_line(tmp_path: Path) -> None:
    strange = tmp_path / "a folder"
    strange.mkdir()
    (strange / "yaml.py").write_text("raise SystemExit('the caller’s directory is not searched')\n")
    command = [str(FOLDER / "blueprint.sh"), "render", "auth", "--env", "prod", "--project", "emergence-prod"]
    image = f"europe-west1-docker.pkg.dev/emergence-prod/emergence/auth@{DIGEST}"
    command += ["--project-number", "123456789012", "--image", image, "--revision-suffix", "abc", "--public-url"]
    command += ["https://chat.example.org", *(f"--secret={name}=2" for name in required_secrets())]

    done = subprocess.run(command, cwd=strange, capture_output=True, text=True, check=False, env={**os.environ})
    refused = subprocess.run(
        [*command[:-6], "--secret=AUTH_JWT_SECRET=latest"], cwd=strange, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["metadata"]["name"] == "emergence-auth-service"
    assert (refused.returncode, refused.stdout) == (15, "")
    assert len(refused.stderr.splitlines()) == 1

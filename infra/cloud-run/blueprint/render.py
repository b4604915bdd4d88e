"""Writes the manifest of one service for one environment: profile, then environment, then what the operator says."""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from blueprint.databases import services_with, with_databases
from blueprint.files import FOLDER, choose
from blueprint.forms import SERVICE
from blueprint.merging import merged
from blueprint.refusal import InvalidManifest
from blueprint.services import Service, container_of, every_service, service_of
from blueprint.sidecar import attach_collector

PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
BY_DIGEST = re.compile(r"[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}")
SUFFIX = re.compile(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?")  # Cloud Run: a revision's name has at most 63 characters
PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
PROJECT_NUMBER = re.compile(r"[1-9][0-9]{0,18}")
REGION = re.compile(r"[a-z]+-[a-z]+[0-9]{1,2}")
PUBLIC_URL = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?")
RESOURCE = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Target:
    """What differs between two deployments of one service. `secrets` maps a name to the version that is bound."""

    environment: str
    project: str
    project_number: str
    region: str
    image: str
    revision: str
    secrets: Mapping[str, str] = field(default_factory=dict)
    profile: str = "default"
    bus: str = "postgres"
    databases: str = "one"
    collector: str | None = None
    public_url: str | None = None
    network: str = "emergence"
    subnetwork: str | None = None
    least: str | None = None  # instances that are kept, instead of what the manifest says

    def check(self) -> None:
        """Raise InvalidManifest for a value that Google, or a later command, would stumble over."""
        public_url = self.public_url or "https://none"
        forms = {
            "--project": (PROJECT, self.project, "a project id like emergence-prod-1"),
            "--project-number": (PROJECT_NUMBER, self.project_number, "digits, as the project's page says"),
            "--region": (REGION, self.region, "a region like europe-west1"),
            "--image": (BY_DIGEST, self.image, "an address with its digest, like REPOSITORY/auth@sha256:…; tags move"),
            "--collector": (BY_DIGEST, self.collector or self.image, "an address with its digest; tags move"),
            "--revision-suffix": (SUFFIX, self.revision, "at most 22 lower-case letters, digits and dashes"),
            "--public-url": (PUBLIC_URL, public_url, "like https://chat.example.org, without a path"),
            "--vpc": (
                re.compile(rf"{RESOURCE.pattern}(/{RESOURCE.pattern})?"),
                self.network if self.subnetwork is None else f"{self.network}/{self.subnetwork}",
                "NETWORK/SUBNETWORK, both in lower-case letters, digits and dashes",
            ),
        }
        for option, (form, value, expected) in forms.items():
            if not form.fullmatch(value):
                raise InvalidManifest(f"{option} {value!r} must be {expected}")
        for name, version in self.secrets.items():
            if not re.fullmatch(r"[1-9][0-9]*", version):
                raise InvalidManifest(f"--secret {name}={version}: must be the number of a version, which cannot move")


def rendered(key: str, target: Target, folder: Path = FOLDER) -> dict[str, Any]:
    """Return the whole manifest. Raises InvalidManifest, also for a placeholder that nothing fills."""
    target.check()
    service = with_databases(service_of(key, folder), target.databases, target.bus, folder)
    environment = choose(folder / "environments", "environment", target.environment)
    manifest = sized(service, target.profile, target.environment, folder)
    container_of(manifest)["env"] += choose(folder / "buses", "bus", target.bus)["env"]
    _bind_optional_secrets(manifest, service, target, folder)
    if target.least is not None:
        manifest["spec"]["template"]["metadata"]["annotations"]["autoscaling.knative.dev/minScale"] = target.least
    if target.collector is not None:
        attach_collector(manifest, folder)
    filled: dict[str, Any] = _filled(manifest, _values(target, environment, folder), key)
    return filled


def sized(service: Service, profile: str, environment: str | None, folder: Path = FOLDER) -> dict[str, Any]:
    """Return a service's manifest with its sizes, placeholders unfilled; without an environment, the profile's.

    Raises InvalidManifest, with the place, when what is laid over it leaves no manifest's form.
    """
    layers = {f"profiles/{profile}.yaml": choose(folder / "profiles", "profile", profile)}
    if environment is not None:
        layers[f"environments/{environment}.yaml"] = choose(folder / "environments", "environment", environment)
    manifest: dict[str, Any] = service.manifest
    for name, layer in layers.items():
        manifest = merged(manifest, layer.get("services", {}).get(service.key, {}))
        if wrong := list(SERVICE.problems(manifest, f"services.{service.key}")):
            raise InvalidManifest(f"{name}: {'; '.join(wrong)}")
    return deepcopy(manifest)


def url_of(service: Service, target: Target) -> str:
    """Return the address that Cloud Run gives a service before it exists (deterministic URLs)."""
    return f"https://{service.name}-{target.project_number}.{target.region}.run.app"


def _values(target: Target, environment: dict[str, Any], folder: Path) -> dict[str, str]:
    services = every_service(folder)
    named_here = environment.get("public_url")
    public_url = target.public_url or (url_of(service_of(named_here, folder), target) if named_here else None)
    if public_url is None:
        raise InvalidManifest(f"--public-url is required in {target.environment}: the address that browsers use")
    return {
        **environment.get("values", {}),
        "ENVIRONMENT": target.environment,
        "IMAGE": target.image,
        "COLLECTOR_IMAGE": target.collector or "",
        "NETWORK": target.network,
        "PROJECT": target.project,
        "PUBLIC_URL": public_url,
        "REGION": target.region,
        "REVISION": target.revision,
        "SUBNETWORK": target.subnetwork or f"{target.network}-{target.region}",
        **{f"URL_OF_{name}": url_of(each, target) for each in services for name in each.serves},
        **{f"VERSION_OF_{name}": version for name, version in target.secrets.items()},
    }


def _bind_optional_secrets(manifest: dict[str, Any], service: Service, target: Target, folder: Path) -> None:
    """Add what this service may read and was named; what belongs to other services is passed over."""
    services, secrets = services_with(target.databases, target.bus, folder), target.secrets
    known = {name for each in services for name in (*each.required_secrets, *each.optional_secrets)}
    if unknown := sorted(set(secrets) - known):
        raise InvalidManifest(f"--secret: no service reads {', '.join(unknown)}")
    entries = container_of(manifest)["env"]
    for name in service.optional_secrets:
        if name in secrets:
            reference = {"name": name, "key": f"${{VERSION_OF_{name}}}"}
            entries.append({"name": name, "valueFrom": {"secretKeyRef": reference}})


def _filled(tree: Any, values: Mapping[str, str], key: str) -> Any:
    if isinstance(tree, dict):
        return {name: _filled(value, values, key) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_filled(value, values, key) for value in tree]
    if not isinstance(tree, str):
        return tree
    missing = [name for name in PLACEHOLDER.findall(tree) if name not in values]
    for name in missing:
        secret = name.removeprefix("VERSION_OF_")
        if secret != name:
            raise InvalidManifest(f"{key} reads the secret {secret}: pass --secret {secret}=VERSION")
        raise InvalidManifest(f"{key}: nothing fills ${{{name}}}")
    return PLACEHOLDER.sub(lambda found: values[found[1]], tree)

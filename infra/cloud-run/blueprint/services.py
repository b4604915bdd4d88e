"""The services, as their manifests say: a new one is a file `NAME-service.yaml` and nothing here."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from blueprint.files import FOLDER, MANIFEST, load
from blueprint.refusal import InvalidManifest

FIRST = ("auth", "session")  # deployed before what asks them; the others follow, main last
LAST = "main"
OPTIONAL = "emergence.dev/optional-secrets"


@dataclass(frozen=True, slots=True)
class Service:
    """A service of Cloud Run; `serves` are the services of the product that its process runs."""

    key: str
    name: str
    manifest: dict[str, Any]
    serves: tuple[str, ...]
    required_secrets: tuple[str, ...]
    optional_secrets: tuple[str, ...]

    @property
    def account(self) -> str:
        """The id of its own service account."""
        return f"emergence-{self.key}"

    @property
    def needs(self) -> list[str]:
        """The services of the product that it calls in other processes."""
        entries = container_of(self.manifest)["env"]
        named = [entry["name"].removesuffix("_SERVICE_URL").lower() for entry in entries if _is_address(entry)]
        return [name for name in named if name not in self.serves]

    def changed(self, manifest: dict[str, Any], required_secrets: tuple[str, ...]) -> "Service":
        """Return the same service with another manifest and the secrets that it then needs."""
        return replace(self, manifest=manifest, required_secrets=required_secrets)


def every_service(folder: Path = FOLDER) -> list[Service]:
    """Return all services in the order in which they are deployed. Raises InvalidManifest."""
    keys = [path.name.removesuffix(MANIFEST) for path in folder.glob(f"*{MANIFEST}")]
    return [_read(folder, key) for key in sorted(keys, key=_order)]


def service_of(key: str, folder: Path = FOLDER) -> Service:
    """Return one service. Raises InvalidManifest, which lists the known ones."""
    known = {service.key: service for service in every_service(folder)}
    if key not in known:
        raise InvalidManifest(f"unknown service {key!r}; known: {', '.join(known)}")
    return known[key]


def backend_of(product_service: str, services: list[Service]) -> Service:
    """Return whose process runs a service of the product. Raises InvalidManifest unless exactly one does."""
    found = [service for service in services if product_service in service.serves]
    if len(found) != 1:
        owners = ", ".join(service.key for service in found) or "nobody"
        raise InvalidManifest(f"{product_service} must run in exactly one service, and {owners} runs it")
    return found[0]


def container_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the one container of a manifest. Raises InvalidManifest."""
    try:
        (container,) = manifest["spec"]["template"]["spec"]["containers"]
    except (KeyError, TypeError, ValueError):
        raise InvalidManifest("spec.template.spec.containers must hold exactly one container") from None
    if not isinstance(container, dict):
        raise InvalidManifest("spec.template.spec.containers[0] must be a mapping")
    return container


def _read(folder: Path, key: str) -> Service:
    manifest = load(folder / f"{key}{MANIFEST}")
    try:
        metadata, container = manifest["metadata"], container_of(manifest)
        command, *serves = container["args"]
        secrets = [entry["name"] for entry in container["env"] if "valueFrom" in entry]
        optional = metadata["annotations"].get(OPTIONAL, "")
        name = metadata["name"]
    except (KeyError, TypeError, ValueError) as missing:
        raise InvalidManifest(f"{key}{MANIFEST}: {missing} is missing") from None
    except InvalidManifest as invalid:
        raise InvalidManifest(f"{key}{MANIFEST}: {invalid}") from None
    if command != "serve" or not serves:
        raise InvalidManifest(f"{key}{MANIFEST}: args must be like [serve, {key}]")
    return Service(key, name, manifest, tuple(serves), tuple(secrets), tuple(filter(None, optional.split(","))))


def _order(key: str) -> tuple[int, str]:
    return (FIRST.index(key) if key in FIRST else len(FIRST) + (key == LAST), key)


def _is_address(entry: dict[str, Any]) -> bool:
    return str(entry["name"]).endswith("_SERVICE_URL")

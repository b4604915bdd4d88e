"""Which database a service uses, by the alternatives in databases/: one for all, or its own."""

from pathlib import Path
from typing import Any

from blueprint.files import FOLDER, choose
from blueprint.services import Service, container_of, every_service

SHARED = "DATABASE_URL"
OF_BUS = "EMERGENCE_BUS_URL"
WITHOUT_DATABASE = frozenset({"gateway"})


def with_databases(service: Service, databases: str, bus: str, folder: Path = FOLDER) -> Service:
    """Return the service as it is with one of databases/: its manifest and its secrets. Raises InvalidManifest."""
    if not choose(folder / "databases", "choice of databases", databases)["each_service"]:
        return service
    own = own_secrets(service, bus, folder)
    return service.changed(_bound(service.manifest, own), _in_place(service.required_secrets, own))


def own_secrets(service: Service, bus: str, folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the secrets that take the place of DATABASE_URL. Raises InvalidManifest."""
    served = [name for name in service.serves if name not in WITHOUT_DATABASE]
    is_said = any(each["name"] == OF_BUS for each in choose(folder / "buses", "bus", bus)["env"])
    return (*(f"{name.upper()}_{SHARED}" for name in served), *(() if is_said or not served else (OF_BUS,)))


def services_with(databases: str, bus: str, folder: Path = FOLDER) -> list[Service]:
    """Return all services, in the order in which they are deployed. Raises InvalidManifest."""
    return [with_databases(each, databases, bus, folder) for each in every_service(folder)]


def database_secrets(services: list[Service]) -> list[str]:
    """Return every secret that holds the address of a database, each once."""
    names = (name for each in services for name in each.required_secrets)
    return list(dict.fromkeys(name for name in names if name.endswith(SHARED) or name == OF_BUS))


def _in_place(names: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(other for name in names for other in (own if name == SHARED else (name,)))


def _bound(manifest: dict[str, Any], own: tuple[str, ...]) -> dict[str, Any]:
    container = container_of(manifest)
    env: list[dict[str, Any]] = []
    for entry in container["env"]:
        env += [_reference(name) for name in own] if entry["name"] == SHARED else [entry]
    template = manifest["spec"]["template"]
    spec = template["spec"] | {"containers": [container | {"env": env}]}
    return manifest | {"spec": manifest["spec"] | {"template": template | {"spec": spec}}}


def _reference(name: str) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": name, "key": f"${{VERSION_OF_{name}}}"}}}

"""How many database connections the services may hold together, at their widest."""

from pathlib import Path
from typing import Any

from blueprint.cost import SCALE
from blueprint.databases import WITHOUT_DATABASE
from blueprint.files import FOLDER, choose
from blueprint.refusal import InvalidManifest
from blueprint.render import sized
from blueprint.services import container_of, every_service

POOL = "DATABASE_POOL_SIZE"
# Beside its pool, what each service of the product holds: two of the bus, and those that only listen; measured.
BESIDE_POOL = {"auth": 5, "session": 6, "chat": 4, "memory": 7, "gateway": 0}
OF_A_NEW_ONE = max(BESIDE_POOL.values())


def connections(profile: str, folder: Path = FOLDER, environment: str | None = None) -> list[dict[str, Any]]:
    """Return, for each service, its most instances and what one of them may hold, in an environment or else by profile.

    Raises InvalidManifest.
    """
    found = []
    for service in every_service(folder):
        manifest = sized(service, profile, environment, folder)
        pool = next((each.get("value") for each in container_of(manifest)["env"] if each["name"] == POOL), None)
        if pool is None or not str(pool).isdecimal():
            raise InvalidManifest(f"{service.key}: {POOL} must say a number, or nobody can count its connections")
        per_instance = sum(int(pool) for name in service.serves if name not in WITHOUT_DATABASE)
        per_instance += sum(BESIDE_POOL.get(name, OF_A_NEW_ONE) for name in service.serves)
        most = int(manifest["spec"]["template"]["metadata"]["annotations"][SCALE + "maxScale"])
        found.append({"service": service.key, "instances": most, "per_instance": per_instance})
    return found


def max_connections(profile: str, folder: Path = FOLDER) -> int:
    """Return what the profile's database allows. Raises InvalidManifest."""
    return int(choose(folder / "profiles", "profile", profile)["database"]["max_connections"])

"""How many instances of a service there may be, and what one of them holds and costs."""

from pathlib import Path
from typing import Any

from blueprint.connections import connections, max_connections
from blueprint.cost import cents, load_rates, maximum, size_of
from blueprint.files import FOLDER
from blueprint.refusal import InvalidManifest
from blueprint.render import sized
from blueprint.services import service_of

SHARE = 0.8  # of the database's connections, as policy/deployment.rego has it


def capacity(key: str, profile: str, environment: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Return it as data; the price is that of one instance that runs all month. Raises InvalidManifest."""
    manifest = sized(service_of(key, folder), profile, environment, folder)
    size = size_of(key, manifest)
    rates = load_rates(folder)
    try:
        concurrency = int(manifest["spec"]["template"]["spec"]["containerConcurrency"])
    except (KeyError, TypeError, ValueError):
        raise InvalidManifest(f"{key}: containerConcurrency must say a number") from None
    return {
        "service": key,
        "least": size.least,
        "most": size.most,
        "most_by_connections": _most_by_connections(key, profile, environment, folder),
        "concurrency": concurrency,
        "memory_mib": int(size.gib * 1024),
        "instance_month": str(cents(maximum(size, rates) / max(size.most, 1))),
        "rates_as_of": str(rates["as_of"]),
    }


def _most_by_connections(key: str, profile: str, environment: str, folder: Path) -> int:
    """Return how many instances the database's connections are enough for, every other service at its widest."""
    listed = connections(profile, folder, environment)
    own = next(each for each in listed if each["service"] == key)
    others = sum(each["instances"] * each["per_instance"] for each in listed if each["service"] != key)
    return max(0, int((max_connections(profile, folder) * SHARE - others) // own["per_instance"]))

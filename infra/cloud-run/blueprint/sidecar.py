"""The collector beside a service: a second container, for figures, that nobody can call."""

import json
from pathlib import Path
from typing import Any

import yaml

from blueprint.files import FOLDER, load
from blueprint.refusal import InvalidManifest
from blueprint.services import container_of

CONFIG = "COLLECTOR_CONFIG"
STARTS_AFTER = "run.googleapis.com/container-dependencies"


def collector(folder: Path = FOLDER) -> dict[str, Any]:
    """Return the container, placeholders unfilled. Raises InvalidManifest."""
    try:
        container: dict[str, Any] = load(folder / "sidecars" / "collector.yaml")["container"]
        (configured,) = (entry for entry in container["env"] if entry["name"] == CONFIG)
    except (KeyError, TypeError, ValueError):
        raise InvalidManifest(f"sidecars/collector.yaml must hold a container with {CONFIG}") from None
    # Written anew without comments: a service's variables together may take 32 KiB.
    configured["value"] = yaml.safe_dump(load(folder / "monitoring" / "collector.yaml"), sort_keys=False)
    return container


def attach_collector(manifest: dict[str, Any], folder: Path = FOLDER) -> None:
    """Put it beside the container that serves; it starts when that one is ready."""
    serves, container = container_of(manifest), collector(folder)
    manifest["spec"]["template"]["spec"]["containers"].append(container)
    annotations = manifest["spec"]["template"]["metadata"]["annotations"]
    annotations[STARTS_AFTER] = json.dumps({container["name"]: [serves["name"]]})

"""The files of infra/cloud-run/monitoring as data."""

import json
from pathlib import Path
from typing import Any

from tests.architecture.sources import ROOT

MONITORING = ROOT / "infra" / "cloud-run" / "monitoring"
RULES = sorted((MONITORING / "rules").glob("*.yaml"))
DASHBOARDS = sorted((MONITORING / "dashboards").glob("*.json"))
PLATFORM_POLICIES = sorted((MONITORING / "alerts" / "platform").glob("*.json"))
FIGURE_POLICIES = sorted((MONITORING / "alerts" / "figures").glob("*.json"))
GRAFANA = MONITORING / "grafana" / "emergence.json"


def content_of(path: Path) -> dict[str, Any]:
    """Return a JSON file's content."""
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def values_of(content: object, key: str) -> list[str]:
    """Return every text that stands under a key anywhere inside, in order."""
    if isinstance(content, dict):
        own = [content[key]] if isinstance(content.get(key), str) else []
        return own + [value for part in content.values() for value in values_of(part, key)]
    if isinstance(content, list):
        return [value for part in content for value in values_of(part, key)]
    return []

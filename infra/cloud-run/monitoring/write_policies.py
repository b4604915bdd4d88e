"""Write rules/*.yaml once more as Cloud Monitoring alert policies, for deployments without a Prometheus.

The rules stay the only place where a limit is written. Run it after a change of them:
`.venv/bin/python infra/cloud-run/monitoring/write_policies.py`.
"""

import json
import sys
from pathlib import Path
from typing import TypedDict

import yaml

HERE = Path(__file__).parent
SEVERITIES = {"page": "CRITICAL", "ticket": "WARNING"}
EVALUATION_INTERVAL = "30s"  # the shortest that Cloud Monitoring allows
SECONDS = {"s": 1, "m": 60, "h": 3600}


Rule = TypedDict(
    "Rule",
    {"alert": str, "expr": str, "for": str, "labels": dict[str, str], "annotations": dict[str, str]},
    total=False,
)


def alerting_rules(folder: Path) -> dict[str, Rule]:
    """Return every alerting rule of a folder by its name. Raises ValueError when a name is given twice."""
    found: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.yaml")):
        for group in yaml.safe_load(path.read_text())["groups"]:
            for rule in group["rules"]:
                if rule["alert"] in found:
                    raise ValueError(f"{path.name}: {rule['alert']} is declared twice; give one of them another name")
                found[rule["alert"]] = rule
    return found


def policy_of(rule: Rule) -> dict[str, object]:
    """Return one rule as an AlertPolicy in JSON form (Cloud Monitoring API v3)."""
    duration_s = seconds(rule.get("for", "0s"))
    return {
        "displayName": rule["alert"],
        "combiner": "OR",
        "severity": SEVERITIES[rule["labels"]["severity"]],
        "userLabels": {"managed-by": "emergence", "severity": rule["labels"]["severity"]},
        "documentation": {
            "mimeType": "text/markdown",
            "subject": rule["alert"],
            "content": f"{rule['annotations']['summary']}\n\nSee {rule['annotations']['runbook']}.",
        },
        "conditions": [
            {
                "displayName": rule["alert"],
                "conditionPrometheusQueryLanguage": {
                    "query": " ".join(rule["expr"].split()),
                    "duration": f"{duration_s}s",
                    "evaluationInterval": EVALUATION_INTERVAL,
                    "alertRule": rule["alert"],
                    "disableMetricValidation": True,  # the figures arrive after the first deployment
                },
            }
        ],
        "alertStrategy": {"autoClose": "86400s"},
    }


def seconds(duration: str) -> int:
    """Return the seconds of a duration like `30s`, `10m` or `1h`."""
    return int(duration[:-1]) * SECONDS[duration[-1]]


def policies() -> dict[str, str]:
    """Return what alerts/figures must hold: file name to text."""
    return {
        f"{name}.json": json.dumps(policy_of(rule), indent=2, ensure_ascii=False) + "\n"
        for name, rule in alerting_rules(HERE / "rules").items()
    }


def main() -> int:
    """Write the files anew and remove those of rules that are gone."""
    folder, wanted = HERE / "alerts" / "figures", policies()
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.json"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

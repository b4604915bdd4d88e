"""A job of Cloud Run: `emergence WORDS` once, in main's image, with its secrets, where the database is in reach."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operate.programs import Tools


@dataclass(frozen=True, slots=True)
class Job:
    """What is run, and for how long at most."""

    name: str
    words: Sequence[str]
    limit_s: int = 1200


def job_of(service: dict[str, Any], job: Job) -> dict[str, Any]:
    """Return the job's manifest, with what a service's first container has."""
    template = service["spec"]["template"]
    container = template["spec"]["containers"][0]
    kept = {name: container[name] for name in ("image", "env", "resources") if name in container}
    ran = {
        "maxRetries": 0,
        "timeoutSeconds": str(job.limit_s),
        "serviceAccountName": template["spec"]["serviceAccountName"],
        "containers": [kept | {"command": ["emergence"], "args": list(job.words)}],
    }
    network = {
        name: value
        for name, value in template["metadata"].get("annotations", {}).items()
        if name.startswith(("run.googleapis.com/vpc", "run.googleapis.com/network", "run.googleapis.com/cloudsql"))
    }
    return {
        "apiVersion": "run.googleapis.com/v1",
        "kind": "Job",
        "metadata": {"name": job.name, "labels": {"managed-by": "emergence"}},
        "spec": {"template": {"metadata": {"annotations": network}, "spec": {"template": {"spec": ran}}}},
    }


def run_job(tools: Tools, service: dict[str, Any], job: Job) -> str | None:
    """Run a job to its end and return the execution's name; None in a dry run. Raises Refused(FAILED)."""
    with tempfile.TemporaryDirectory(prefix="emergence-job-") as folder:
        file = Path(folder) / "job.json"
        file.write_text(json.dumps(job_of(service, job)))
        tools.change("run", "jobs", "replace", str(file), f"--region={tools.place.region}")
    done = tools.change("run", "jobs", "execute", job.name, f"--region={tools.place.region}", "--wait")
    return None if done is None else str(done["metadata"]["name"])

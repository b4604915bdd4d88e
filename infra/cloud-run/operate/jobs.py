"""A job of Cloud Run: `emergence WORDS` once, in main's image, with its secrets, where the database is in reach."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operate.catalogue import Service, keeper_of
from operate.manifests import Wanted, render
from operate.programs import Tools
from operate.secret_store import check_secrets


@dataclass(frozen=True, slots=True)
class Job:
    """What is run, and for how long at most."""

    name: str
    words: Sequence[str]
    limit_s: int = 1200


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose image and network a job takes: main's; and whose secrets, which are the keeper's with a database each."""

    services: list[Service]
    project_number: str

    @property
    def main(self) -> Service:
        """The service whose image it is."""
        return next(service for service in self.services if service.key == "main")


def manifest_for_jobs(tools: Tools, whose: Whose, image: str, suffix: str) -> dict[str, Any]:
    """Return the manifest that jobs are made from. Raises Refused."""
    wanted = Wanted(whose.main, whose.project_number, image, check_secrets(tools, whose.main))
    manifest = render(tools, wanted, suffix)
    if tools.place.databases == "each":
        keeper = keeper_of(whose.services)
        _run_as(manifest, keeper.account_address(tools.place.project), check_secrets(tools, keeper))
    return manifest


def _run_as(manifest: dict[str, Any], account: str, pinned: Mapping[str, int]) -> None:
    """Put an account with its secrets in place of a service's: who may read every database may read no key."""
    spec = manifest["spec"]["template"]["spec"]
    spec["serviceAccountName"] = account
    container = spec["containers"][0]
    plain = [each for each in container["env"] if "value" in each]
    container["env"] = plain + [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": name, "key": str(version)}}}
        for name, version in pinned.items()
    ]


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

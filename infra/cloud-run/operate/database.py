"""The database: backed up, restored on trial, and migrated only as far as the revision that serves can live with."""

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from operate.catalogue import Service
from operate.compatibility import require_compatible
from operate.images import commit_of_tree, image_of_commit
from operate.manifests import Wanted, render
from operate.programs import Tools, tell
from operate.refusals import Exit, Refused
from operate.revisions import require_live, revisions_of
from operate.secret_store import check_secrets

JOB = "emergence-migrate"


def migrate(tools: Tools, services: list[Service], project_number: str, *, accept_schema: bool) -> None:
    """Run `emergence migrate` as a job with main's image and secrets. Raises Refused(SCHEMA, IMAGE, FAILED).

    Services also migrate when they start; as a job it happens before any new revision, and its failure stops nothing.
    """
    main = next(service for service in services if service.key == "main")
    live = require_live(tools, main.name)
    serving = next(each for each in revisions_of(tools, main.name) if each.name == live.main_revision)
    if not accept_schema:
        require_compatible(tools, serving.commit)
    image = image_of_commit(tools, main, commit_of_tree(tools))
    pinned = check_secrets(tools, main)
    service = render(tools, Wanted(main, project_number, image, pinned), "migrate")
    with tempfile.TemporaryDirectory(prefix="emergence-job-") as folder:
        file = Path(folder) / "job.json"
        file.write_text(json.dumps(job_of(service)))
        tools.change("run", "jobs", "replace", str(file), f"--region={tools.place.region}")
    tools.change("run", "jobs", "execute", JOB, f"--region={tools.place.region}", "--wait")
    if not tools.is_dry:
        tell("The database has this version's schema.")


def job_of(service: dict[str, Any]) -> dict[str, Any]:
    """Return a job that runs `emergence migrate` once, with what a service's first container has."""
    template = service["spec"]["template"]
    container = template["spec"]["containers"][0]
    kept = {name: container[name] for name in ("image", "env", "resources") if name in container}
    ran = {
        "maxRetries": 0,
        "timeoutSeconds": "1200",
        "serviceAccountName": template["spec"]["serviceAccountName"],
        "containers": [kept | {"command": ["emergence"], "args": ["migrate"]}],
    }
    network = {
        name: value
        for name, value in template["metadata"].get("annotations", {}).items()
        if name.startswith(("run.googleapis.com/vpc", "run.googleapis.com/network", "run.googleapis.com/cloudsql"))
    }
    return {
        "apiVersion": "run.googleapis.com/v1",
        "kind": "Job",
        "metadata": {"name": JOB, "labels": {"managed-by": "emergence"}},
        "spec": {"template": {"metadata": {"annotations": network}, "spec": {"template": {"spec": ran}}}},
    }


def backup(tools: Tools) -> None:
    """Make a backup of the Cloud SQL instance and print its number. Raises Refused."""
    instance = tools.place.sql_instance
    said = f"by make db-backup, {datetime.now(UTC):%F %R} UTC"
    tools.change("sql", "backups", "create", f"--instance={instance}", f"--description={said}")
    if tools.is_dry:
        return
    newest = _successful_backups(tools, instance)[0]
    print(f"backup {newest['id']} of {instance}, finished {newest['endTime']}")


def restore_test(tools: Tools) -> None:
    """Restore the newest backup's moment into an instance of its own, compare, and delete it. Raises Refused.

    It shows that the instance can be brought back and holds every database; it does not read rows.
    """
    source = tools.place.sql_instance
    newest = _successful_backups(tools, source)[0]
    trial = f"{source}-restore-{datetime.now(UTC):%m%d%H%M%S}"
    moment = (datetime.fromisoformat(newest["endTime"]) + timedelta(seconds=1)).astimezone(UTC)
    tools.change("sql", "instances", "clone", source, trial, f"--point-in-time={moment:%FT%T.000Z}")
    if tools.is_dry:
        return
    try:
        expected, found = _databases(tools, source), _databases(tools, trial)
    finally:
        tools.change("sql", "instances", "patch", trial, "--no-deletion-protection")
        tools.change("sql", "instances", "delete", trial)
    if missing := sorted(expected - found):
        raise Refused(Exit.FAILED, f"what was restored from backup {newest['id']} lacks {', '.join(missing)}")
    print(f"backup {newest['id']} was restored: {', '.join(sorted(found))}")


def _successful_backups(tools: Tools, instance: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = tools.read("sql", "backups", "list", f"--instance={instance}") or []
    done = sorted(
        (each for each in listed if each["status"] == "SUCCESSFUL"), key=lambda each: each["endTime"], reverse=True
    )
    if not done:
        raise Refused(Exit.FAILED, f"{instance} has no backup that succeeded; `make db-backup` makes one")
    return done


def _databases(tools: Tools, instance: str) -> set[str]:
    return {each["name"] for each in tools.read("sql", "databases", "list", f"--instance={instance}") or []}

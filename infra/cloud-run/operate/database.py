"""The database: backed up, restored on trial, and migrated only as far as the revision that serves can live with."""

import json
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from operate.catalogue import Service
from operate.manifests import Wanted, render
from operate.place import REPOSITORY_ROOT
from operate.programs import Tools, tell
from operate.refusals import Exit, Missing, Refused
from operate.revisions import require_live, revisions_of
from operate.secret_store import check_secrets

MIGRATIONS = ":(glob)src/emergence/**/migrations/*.sql"
JOB = "emergence-migrate"
COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
# What takes away or narrows something that the revision before may still use.
CONTRACTING = re.compile(
    r"\bDROP\s+(?:TABLE|COLUMN|VIEW|MATERIALIZED\s+VIEW|FUNCTION|TYPE|SCHEMA|SEQUENCE|DEFAULT)\b"
    r"|\bRENAME\s+(?:TO|COLUMN|CONSTRAINT)\b"
    r"|\bALTER\s+(?:COLUMN\s+)?\w+\s+(?:SET\s+DATA\s+)?TYPE\b"
    r"|\bSET\s+NOT\s+NULL\b"
    r"|\bADD\s+(?:CONSTRAINT\s+\w+\s+)?(?:CHECK|UNIQUE|EXCLUDE|FOREIGN\s+KEY)\b"
    r"|\bADD\s+COLUMN\s+(?:IF\s+NOT\s+EXISTS\s+)?\w+\s+(?:(?!\bDEFAULT\b|\bGENERATED\b)[^,;])*\bNOT\s+NULL\b(?![^,;]*\bDEFAULT\b)"
    r"|\bREVOKE\b|\bTRUNCATE\b",
    re.IGNORECASE,
)


def contracting_in(sql: str) -> str | None:
    """Return the first thing in a migration that an older program cannot live with, or None."""
    found = CONTRACTING.search(COMMENT.sub(" ", sql))
    return None if found is None else " ".join(found[0].split())


def require_compatible(tools: Tools, old: str | None, new: str | None = None) -> None:
    """Raise Refused(SCHEMA) where a migration between two commits takes something away that `old` may use.

    `new` is by default what is checked out. An unknown commit is refused: nobody can tell what it can live with.
    """
    later = new or "HEAD"
    if not old or not _knows(tools, old) or not _knows(tools, later):
        raise Refused(
            Exit.SCHEMA,
            f"nobody knows what schema {old or 'that revision'} can live with; `git fetch`, or say --accept-schema",
        )
    words = ("git", "-C", str(REPOSITORY_ROOT), "diff", "--name-only", "--diff-filter=AM", old, later, "--", MIGRATIONS)
    for name in tools.run(*words, code=Exit.TOOL).splitlines():
        sql = tools.run("git", "-C", str(REPOSITORY_ROOT), "show", f"{later}:{name}", code=Exit.TOOL)
        if found := contracting_in(sql):
            raise Refused(
                Exit.SCHEMA,
                f"{name} has `{found}`, which {old} cannot live with; expand first, contract in a later release",
            )


def _knows(tools: Tools, commit: str) -> bool:
    return not tools.machine.run(["git", "-C", str(REPOSITORY_ROOT), "cat-file", "-e", f"{commit}^{{commit}}"]).status


def migrate(tools: Tools, services: list[Service], project_number: str, *, accept_schema: bool) -> None:
    """Run `emergence migrate` as a job with main's image and secrets. Raises Refused(SCHEMA, FAILED).

    Services also migrate when they start; as a job it happens before any new revision, and its failure stops nothing.
    """
    main = next(service for service in services if service.key == "main")
    live = require_live(tools, main.name)
    serving = next(each for each in revisions_of(tools, main.name) if each.name == live.main_revision)
    if not accept_schema:
        require_compatible(tools, serving.commit)
    image = tools.place.image(main.key)
    pinned = check_secrets(tools, main)
    newest = _newest_image(tools, image) or serving.image
    service = render(tools, Wanted(main, project_number, newest, pinned), "migrate")
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


def _newest_image(tools: Tools, image: str) -> str | None:
    """Return the image that was pushed last, by digest; None before the first."""
    try:
        listed = tools.read("artifacts", "docker", "images", "list", image, "--sort-by=~UPDATE_TIME", "--limit=1") or []
    except Missing:
        return None
    return f"{listed[0]['package']}@{listed[0]['version']}" if listed else None


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

"""Backups with an inventory of what was there, and a restore on trial that is compared with it, row by row."""

import time
from datetime import UTC, datetime
from typing import Any

from operate.contents import differences, size, table
from operate.database_user import private_address
from operate.jobs import Job, Whose, manifest_for_jobs, run_job
from operate.programs import Tools, tell
from operate.refusals import Exit, Refused
from operate.revisions import live_service, revisions_of

JOB = "emergence-inventory"
BRACKET_S = 2  # the moment lies in its middle: a commit takes less than half of it to be seen
LIMIT_S = 3600
LOG_PATIENCE_S, LOG_POLL_S = 120, 5.0  # what a job prints is in the log some seconds later
KEPT = "30d"  # how long Google keeps a log


def backup(tools: Tools, whose: Whose) -> None:
    """Back the Cloud SQL instance up, print the backup's number, and take the inventory that belongs to it.

    Raises Refused. Before the first deployment there is no program that could take one, which is told.
    """
    instance = tools.place.sql_instance
    said = f"by make db-backup, {datetime.now(UTC):%F %R} UTC"
    tools.change("sql", "backups", "create", f"--instance={instance}", f"--description={said}")
    if tools.is_dry:
        return
    newest = _successful_backups(tools, instance)[0]
    print(f"backup {newest['id']} of {instance}, finished {newest['endTime']}")
    try:
        told = _inventory(tools, whose, ("--label", _label(newest), "--bracket", str(BRACKET_S)))
    except Refused as refused:
        if refused.code is Exit.NO_REVISION:
            tell("Without an inventory, so that a restore cannot be compared with it: main is not deployed yet.")
            return
        raise Refused(refused.code, f"backup {newest['id']} is there, its inventory is not: {refused}") from None
    print(f"inventory of {told['moment']}: {size(told)}")


def restore_test(tools: Tools, whose: Whose) -> None:
    """Restore what the newest backup with an inventory belongs to into an instance of its own, compare, delete it.

    Raises Refused(RESTORE) with every difference printed.
    """
    source = tools.place.sql_instance
    newest, expected = _newest_with_inventory(tools, source)
    trial = f"{source}-restore-{datetime.now(UTC):%m%d%H%M%S}"
    tools.change("sql", "instances", "clone", source, trial, f"--point-in-time={expected['moment']}")
    if tools.is_dry:
        return
    try:
        missing = sorted(_databases(tools, source) - _databases(tools, trial))
        if missing:
            raise Refused(Exit.RESTORE, f"what was restored from backup {newest['id']} lacks {', '.join(missing)}")
        restored = _inventory(tools, whose, ("--label", trial, "--host", private_address(tools, trial)))
    finally:
        tools.change("sql", "instances", "patch", trial, "--no-deletion-protection")
        tools.change("sql", "instances", "delete", trial)
    if found := differences(expected, restored):
        print(table(found))
        raise Refused(Exit.RESTORE, f"what was restored from backup {newest['id']} differs in {len(found)} places")
    print(f"backup {newest['id']} was restored as it was at {expected['moment']}: {size(restored)}")


def _inventory(tools: Tools, whose: Whose, words: tuple[str, ...]) -> dict[str, Any]:
    """Have a job look at a database and return what it printed. Raises Refused; NO_REVISION where main never served."""
    main = whose.main
    live = live_service(tools, main.name)
    serving = next((each for each in revisions_of(tools, main.name) if live and each.name == live.main_revision), None)
    if serving is None:
        raise Refused(Exit.NO_REVISION, f"{main.name} was never deployed in {tools.place.project}; deploy it first")
    manifest = manifest_for_jobs(tools, whose, serving.image, "inventory")
    execution = run_job(tools, manifest, Job(JOB, ("inventory", *words), LIMIT_S))
    deadline_s = time.monotonic() + LOG_PATIENCE_S
    while True:
        told = _logged(tools, f'labels."run.googleapis.com/execution_name"="{execution}"')
        if told is not None:
            return told
        if time.monotonic() > deadline_s:
            raise Refused(Exit.FAILED, f"the log has nothing of {execution}; `gcloud logging read` shows what it said")
        time.sleep(LOG_POLL_S)


def _logged(tools: Tools, clause: str) -> dict[str, Any] | None:
    """Return the newest inventory in the log to which the clause applies."""
    asked = f'resource.type="cloud_run_job" AND resource.labels.job_name="{JOB}" AND jsonPayload.message="inventory"'
    entries = tools.read("logging", "read", f"{asked} AND {clause}", "--limit=1", f"--freshness={KEPT}") or []
    return entries[0]["jsonPayload"]["inventory"] if entries else None


def _newest_with_inventory(tools: Tools, instance: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the backup and its inventory; backups that Google makes each day have none. Raises Refused(FAILED)."""
    for each in _successful_backups(tools, instance):
        if (told := _logged(tools, f'jsonPayload.inventory.label="{_label(each)}"')) is not None:
            return each, told
    raise Refused(Exit.FAILED, f"no backup of {instance} has an inventory; `make db-backup` makes one with it")


def _label(made: dict[str, Any]) -> str:
    return f"backup {made['id']}"


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

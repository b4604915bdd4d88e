"""A backup has an inventory, and a restore is compared with it: every way of losing something is 32, and is told."""

from collections.abc import Callable

import pytest

from operate.refusals import Exit
from tests.infra.scripts.google.held import MOMENT, SOURCE, Json
from tests.infra.scripts.operated import Operated

INVENTORY = "emergence-inventory"


@pytest.fixture
def backed_up(operate: Operated) -> Operated:
    """Everything deployed, and a backup with its inventory."""
    operate("deploy-all", "--yes")
    assert operate("db-backup").status == Exit.DONE
    return operate


def _words(operate: Operated) -> list[str]:
    task = operate.world.run.jobs[INVENTORY]["spec"]["template"]["spec"]["template"]["spec"]
    words: list[str] = task["containers"][0]["args"]
    return words


def test_a_backup_is_made_with_its_inventory(operate: Operated) -> None:
    operate("deploy-all", "--yes")

    made = operate("db-backup")

    assert made.status == Exit.DONE, made.err
    assert made.changes == [f"backup {SOURCE}", f"POST job {INVENTORY}", f"run job {INVENTORY}"]
    assert made.out.splitlines() == [
        "backup 1700000000000 of emergence, finished 2027-01-15T09:00:00.000Z",
        f"inventory of {MOMENT}: 3 tables, 53 rows",
    ]
    assert _words(operate) == ["inventory", "--label", "backup 1700000000000", "--bracket", "2"]


def test_the_moment_of_the_inventory_is_restored_compared_and_deleted(backed_up: Operated) -> None:
    restored = backed_up("db-restore-test", "--yes")

    assert restored.status == Exit.DONE, restored.err
    assert restored.out == f"backup 1700000000000 was restored as it was at {MOMENT}: 3 tables, 53 rows\n"
    assert backed_up.world.held.points == [MOMENT]
    trial = next(change.split()[-1] for change in restored.changes if change.startswith("clone"))
    assert restored.changes[-2:] == [f"patch {trial}", f"delete {trial}"]
    assert _words(backed_up)[-2:] == ["--host", "10.9.0.11"]
    assert list(backed_up.world.databases) == [SOURCE]


def test_what_is_written_after_the_backup_makes_no_difference(backed_up: Operated) -> None:
    tables = backed_up.world.held.instances[SOURCE]["tables"]
    as_it_was = [dict(each) for each in tables["auth.users"]]
    tables["auth.users"] = [{"rows": 99, "checksum": "8"}]
    backed_up.world.held.spoil = lambda brought: brought["tables"].update({"auth.users": as_it_was})

    assert backed_up("db-restore-test", "--yes").status == Exit.DONE


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda it: it["tables"]["auth.users"][0].update(rows=11), ("auth.users", "12", "11", "1 rows missing")),
        (lambda it: it["tables"]["auth.users"][0].update(checksum="0"), ("auth.users", "12", "12", "other contents")),
        (lambda it: it["tables"]["memory.items"][0].update(rows=2), ("memory.items", "0", "2", "2 rows too many")),
        (lambda it: it["tables"]["chat.runs"][0].update(rows=39), ("chat.runs", "40 to 41", "39", "1 rows missing")),
        (lambda it: it["tables"]["chat.runs"][0].update(rows=42), ("chat.runs", "40 to 41", "42", "1 rows too many")),
        (lambda it: it["tables"].pop("memory.items"), ("memory.items", "0", "-", "the table is missing")),
        (lambda it: it["tables"].update(x=[{"rows": 1, "checksum": "1"}]), ("x", "-", "1", "nobody had it")),
        (
            lambda it: it["migrations"].update({"auth.auth": "0008_z.sql"}),
            ("auth.auth migrated to", "0009_a.sql", "0008_z.sql", "another schema"),
        ),
        (lambda it: it["migrations"].pop("auth.events"), ("auth.events migrated to", "0002_e.sql", "-", "another")),
        (lambda it: it["unread"].append("auth.users"), ("unreadable", "-", "auth.users", "not the same")),
    ],
)
def test_every_difference_is_32_and_a_line_of_the_table(
    backed_up: Operated, spoil: Callable[[Json], None], line: tuple[str, ...]
) -> None:
    backed_up.world.held.spoil = spoil

    ended = backed_up("db-restore-test", "--yes")

    assert ended.status == Exit.RESTORE
    head, said = ended.out.splitlines()
    assert head.split() == ["table", "backed", "up", "restored"]
    assert said.startswith("emergence: ")
    rest = said.removeprefix("emergence: ")
    for part in line:
        assert part in rest
        rest = rest.partition(part)[2]
    assert "differs in 1 places" in ended.err
    assert list(backed_up.world.databases) == [SOURCE], "the trial is deleted"


def test_a_restore_that_lacks_a_database_is_32(backed_up: Operated) -> None:
    backed_up.world.lost_in_clones.add("emergence")

    ended = backed_up("db-restore-test", "--yes")

    assert ended.status == Exit.RESTORE
    assert "lacks emergence" in ended.err
    assert list(backed_up.world.databases) == [SOURCE]


def test_without_a_backup_or_without_its_inventory_nothing_is_cloned(operate: Operated) -> None:
    before = operate("db-restore-test", "--yes")
    made = operate("db-backup")
    after = operate("db-restore-test", "--yes")

    assert (before.status, before.changes) == (Exit.FAILED, [])
    assert (made.status, made.changes) == (Exit.DONE, [f"backup {SOURCE}"])
    assert "main is not deployed yet" in made.err
    assert (after.status, after.changes) == (Exit.FAILED, [])
    assert "no backup of emergence has an inventory" in after.err


def test_a_backup_of_googles_own_is_passed_over(backed_up: Operated) -> None:
    backed_up.world.back_up(SOURCE)

    ended = backed_up("db-restore-test", "--yes")

    assert ended.status == Exit.DONE
    assert "backup 1700000000000 was restored" in ended.out


def test_an_inventory_that_fails_leaves_the_backup_and_says_so(operate: Operated) -> None:
    operate("deploy-all", "--yes")
    operate.world.run.job_problem = "The container exited with status 1."

    ended = operate("db-backup")

    assert ended.status == Exit.FAILED
    assert "backup 1700000000000 is there, its inventory is not" in ended.err


@pytest.mark.parametrize("trouble", ["nothing in the log", "no private address"])
def test_a_trial_that_cannot_be_asked_is_deleted(
    backed_up: Operated, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operate.restoring.LOG_PATIENCE_S", 0)
    monkeypatch.setattr("operate.restoring.LOG_POLL_S", 0)
    backed_up.world.held.is_logged = trouble != "nothing in the log"
    backed_up.world.sql_address_type = "PRIVATE" if trouble == "nothing in the log" else "PRIMARY"

    ended = backed_up("db-restore-test", "--yes")

    is_silent = not backed_up.world.held.is_logged
    assert ended.status == (Exit.FAILED if is_silent else Exit.PROJECT)
    assert ("the log has nothing of" if is_silent else "has no private address") in ended.err
    assert list(backed_up.world.databases) == [SOURCE]


def test_a_dry_run_changes_nothing(backed_up: Operated) -> None:
    assert backed_up("db-backup", "--dry-run").changes == []
    assert backed_up("db-restore-test", "--dry-run").changes == []

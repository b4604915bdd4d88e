"""Migrations that the revision that serves can live with."""

from operate.refusals import Exit
from tests.infra.scripts.operated import MAIN, Operated


def test_migrations_run_as_a_job_with_mains_secrets(operate: Operated) -> None:
    operate("deploy-all", "--yes")
    operate.machine.migrations["src/emergence/auth/migrations/0099_x.sql"] = "ALTER TABLE users ADD COLUMN born date;"

    ended = operate("db-migrate")

    assert ended.status == Exit.DONE, ended.err
    assert ended.changes == ["POST job emergence-migrate", "run job emergence-migrate"]
    task = operate.world.run.jobs["emergence-migrate"]["spec"]["template"]["spec"]["template"]["spec"]
    assert task["containers"][0]["args"] == ["migrate"]
    assert {each["name"] for each in task["containers"][0]["env"]} >= {"OPENAI_API_KEY", "METRICS_TOKEN"}
    assert operate("db-migrate").changes == ["PUT job emergence-migrate", "run job emergence-migrate"]


def test_a_schema_that_the_serving_revision_cannot_live_with_is_31(operate: Operated) -> None:
    operate("deploy-all", "--yes")
    operate.machine.migrations["src/emergence/auth/migrations/0099_x.sql"] = "ALTER TABLE users DROP COLUMN name;"

    refused = operate("db-migrate")

    assert (refused.status, refused.changes) == (Exit.SCHEMA, [])
    assert "0099_x.sql has `ALTER TABLE users DROP COLUMN name`" in refused.err
    assert operate("db-migrate", "--accept-schema").status == Exit.DONE


def test_a_serving_revision_of_an_unknown_commit_is_31(operate: Operated) -> None:
    operate("deploy-all", "--yes")
    for revision in operate.world.run.revisions.values():
        revision["metadata"]["labels"]["commit"] = "gone"

    assert operate("db-migrate").status == Exit.SCHEMA


def test_a_migration_that_fails_is_said(operate: Operated) -> None:
    operate("deploy-all", "--yes")
    operate.world.run.job_problem = "The container exited with status 1."

    ended = operate("db-migrate")

    assert ended.status == Exit.FAILED
    assert "exited with status 1" in ended.err
    assert MAIN in operate.world.run.services

"""The database's user: made with a password that nobody sees, and DATABASE_URL beside it; what is there stays."""

import pytest

from operate.refusals import Exit
from tests.infra.scripts.google.world import Secret
from tests.infra.scripts.operated import Operated


def test_user_and_address_are_made_together_and_the_password_is_never_said(operate: Operated) -> None:
    ended = operate("db-user")

    assert ended.status == Exit.DONE, ended.err
    password = operate.world.sql_users["emergence"]
    assert len(password) == 64
    assert operate.world.secrets["DATABASE_URL"].versions == [
        f"postgresql://emergence:{password}@10.121.0.3:5432/emergence?sslmode=require".encode()
    ]
    assert password not in ended.out + ended.err
    assert not [words for words in operate.machine.ran if any(password in word for word in words)]


def test_a_second_run_changes_nothing(operate: Operated) -> None:
    operate("db-user")

    again = operate("db-user")

    assert (again.status, again.changes) == (Exit.DONE, [])


def test_a_run_that_broke_off_before_the_secret_is_mended_by_another(operate: Operated) -> None:
    operate.world.sql_users["emergence"] = "nobody knows it any more"
    operate.world.secrets["DATABASE_URL"] = Secret()  # the place that Terraform makes

    ended = operate("db-user")

    assert ended.status == Exit.DONE, ended.err
    password = operate.world.sql_users["emergence"]
    assert password.encode() in operate.world.secrets["DATABASE_URL"].versions[0]


def test_a_dry_run_makes_neither(operate: Operated) -> None:
    ended = operate("db-user", "--dry-run")

    assert (ended.status, ended.changes) == (Exit.DONE, [])
    assert operate.world.sql_users == {}


@pytest.mark.parametrize("instance", [None, "public"])
def test_without_an_instance_that_services_can_reach_it_is_12(operate: Operated, instance: str | None) -> None:
    if instance is None:
        operate.world.databases.clear()
    else:
        operate.world.sql_address_type = "PRIMARY"

    ended = operate("db-user")

    assert (ended.status, ended.changes) == (Exit.PROJECT, [])
    assert "Cloud SQL instance emergence" in ended.err

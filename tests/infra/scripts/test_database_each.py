"""A database for each service: its users, its accounts, its jobs, and that nobody changes over by mistake."""

import pytest

from operate.place import DEFAULTS
from operate.refusals import Exit
from tests.architecture.sources import ROOT
from tests.infra.scripts.operated import AUTH, Operated

OWN = ("auth", "bus", "chat", "memory", "session")
ADDRESSES = {
    "AUTH_DATABASE_URL",
    "SESSION_DATABASE_URL",
    "CHAT_DATABASE_URL",
    "MEMORY_DATABASE_URL",
    "EMERGENCE_BUS_URL",
}


@pytest.fixture
def each(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> Operated:
    """A project of which the settings, and Terraform, say that each service has its own."""
    monkeypatch.setenv("DATABASES", "each")
    operate.world.databases["emergence"] += [f"emergence_{name}" for name in OWN]
    return operate


def test_every_database_gets_a_user_of_its_own_and_only_its_service_may_know_it(each: Operated) -> None:
    ended = each("db-user")

    assert ended.status == Exit.DONE, ended.err
    assert sorted(each.world.sql_users) == [f"emergence_{name}" for name in OWN]
    assert len(set(each.world.sql_users.values())) == len(OWN)
    password = each.world.sql_users["emergence_auth"]
    address = f"postgresql://emergence_auth:{password}@10.121.0.3:5432/emergence_auth?sslmode=require"
    assert each.world.secrets["AUTH_DATABASE_URL"].versions == [address.encode()]
    assert readers(each, "AUTH_DATABASE_URL") == {"emergence-auth", "emergence-keeper"}
    assert readers(each, "CHAT_DATABASE_URL") == {"emergence-main", "emergence-keeper"}
    assert readers(each, "EMERGENCE_BUS_URL") == {
        "emergence-auth", "emergence-session", "emergence-main", "emergence-keeper"
    }  # fmt: skip
    assert not any(password in said for said in (ended.out, ended.err))
    assert each("db-user").changes == []


def test_a_database_that_terraform_did_not_make_is_12(each: Operated) -> None:
    each.world.databases["emergence"].remove("emergence_chat")

    ended = each("db-user")

    assert (ended.status, ended.changes) == (Exit.PROJECT, [])
    assert 'there is no database emergence_chat; Terraform makes them with databases = "each"' in ended.err


def test_pubsub_needs_no_database_for_events(each: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUS", "pubsub")
    each.world.apis.add("pubsub.googleapis.com")

    assert each("db-user").status == Exit.DONE
    assert "EMERGENCE_BUS_URL" not in each.world.secrets


def test_jobs_see_every_database_and_no_key(each: Operated) -> None:
    assert each("db-user").status == Exit.DONE
    assert each("deploy-all", "--yes").status == Exit.DONE

    assert [each(word).status for word in ("db-migrate", "db-backup")] == [Exit.DONE, Exit.DONE]

    for job in ("emergence-migrate", "emergence-inventory"):
        task = each.world.run.jobs[job]["spec"]["template"]["spec"]["template"]["spec"]
        bound = {one["name"] for one in task["containers"][0]["env"] if "valueFrom" in one}
        assert bound == ADDRESSES
        assert task["serviceAccountName"].startswith("emergence-keeper@")
    assert each("db-restore-test", "--yes").status == Exit.DONE


def test_setup_makes_the_keepers_account(each: Operated) -> None:
    each("db-user")

    assert each("setup").status == Exit.DONE
    assert "emergence-keeper" in each.world.accounts


def test_without_the_setting_there_is_no_keeper(operate: Operated) -> None:
    assert operate("setup").status == Exit.DONE
    assert "emergence-keeper" not in operate.world.accounts


def test_a_service_that_would_begin_with_an_empty_database_is_31(each: Operated) -> None:
    assert each("db-user").status == Exit.DONE
    each.deploy_auth("111111111111")
    container = each.world.run.services[AUTH]["spec"]["template"]["spec"]["containers"][0]
    for one in container["env"]:
        if one["name"] == "AUTH_DATABASE_URL":
            one["name"] = one["valueFrom"]["secretKeyRef"]["name"] = "DATABASE_URL"

    each.machine.commit = "222222222222"
    refused = each("deploy", "auth")

    assert (refused.status, refused.changes) == (Exit.SCHEMA, [])
    assert "keeps its data in DATABASE_URL, not in AUTH_DATABASE_URL" in refused.err
    assert each("deploy", "auth", "--accept-schema").status == Exit.DONE


def test_scripts_terraform_and_manifests_know_the_same_choices() -> None:
    folder = ROOT / "infra" / "cloud-run"
    variable = (folder / "terraform" / "variables.tf").read_text().partition('variable "databases"')[2]

    assert f'default     = "{DEFAULTS["DATABASES"]}"' in variable.partition("variable")[0]
    assert {path.stem for path in (folder / "databases").glob("*.yaml")} == {"one", "each"}


def readers(operated: Operated, secret: str) -> set[str]:
    """Return the accounts that may read a secret."""
    return {
        member.removeprefix("serviceAccount:").partition("@")[0] for member in operated.world.secrets[secret].readers()
    }

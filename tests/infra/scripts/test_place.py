"""Settings: one place for every command, nothing that becomes another word, and an environment keeps its project."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from operate.place import DEFAULTS, find_place
from operate.refusals import Exit, Refused
from tests.architecture.sources import ROOT
from tests.infra.scripts.google.world import PROJECT
from tests.infra.scripts.on_path import shell
from tests.infra.scripts.operated import AUTH, Operated

HERE = ROOT / "infra" / "cloud-run"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGION", "evil.example/x"),
        ("REGION", "--help"),
        ("REGION", "europe"),
        ("REPOSITORY", "a/b"),
        ("SQL_INSTANCE", "--async"),
        ("PROFILE", "../secrets"),
        ("PUBLIC_URL", "https://chat.example.org/path"),
        ("VPC", "a/b/c"),
        ("VPC", "/b"),
        ("BUS", "kafka"),
        ("COLLECTOR", "europe-west1-docker.pkg.dev/p/emergence/collector:latest"),
    ],
)
@pytest.mark.parametrize("command", ["status", "teardown", "deploy"])
def test_a_setting_of_another_form_is_2_before_google_is_asked(
    command: str, name: str, value: str, operate: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    ended = operate(command, *(["auth"] if command == "deploy" else []))

    assert (ended.status, ended.changes, operate.machine.ran) == (Exit.NOT_ASKED, [], [])
    assert name in ended.err


def test_settings_of_every_form_are_taken(tmp_path: Path) -> None:
    given = {"REGION": "us-east4", "VPC": "net/sub-net", "PUBLIC_URL": "https://chat.example.org:8443", "BUS": "pubsub"}

    place = find_place("staging", {"PROJECT_ID": PROJECT, **given}, tmp_path)

    assert (place.region, place.network, place.bus) == ("us-east4", ("net", "sub-net"), "pubsub")
    assert find_place("dev", {"PROJECT_ID": PROJECT}, tmp_path).network == ("emergence", "emergence-europe-west1")


def test_an_exported_project_does_not_win_over_the_files(tmp_path: Path) -> None:
    (tmp_path / ".env.prod").write_text("PROJECT_ID=emergence-live\n")

    assert find_place("prod", {}, tmp_path).project == "emergence-live"
    with pytest.raises(Refused, match=r"emergence-live, exported is emergence-demo") as refused:
        find_place("prod", {"PROJECT_ID": PROJECT}, tmp_path)

    assert refused.value.code == Exit.PROJECT


@pytest.mark.parametrize(
    "words",
    [
        ("teardown", "--dry-run"),
        ("status",),
        ("urls",),
        ("rollback", "auth"),
        ("deploy", "auth"),
        ("promote", "auth"),
        ("setup",),
        ("secrets-rotate", "AUTH_JWT_SECRET", "--yes"),
        ("create-jwt-secret",),
        ("db-user",),
        ("db-backup",),
        ("db-restore-test", "--yes"),
        ("db-migrate",),
    ],
)
def test_a_project_that_holds_another_environment_is_12(words: tuple[str, ...], operate: Operated) -> None:
    operate.deploy_auth("111111111111")

    ended = operate(*words, "--env", "prod")

    assert (ended.status, ended.changes) == (Exit.PROJECT, []), ended.err
    assert "holds the environment dev, not prod" in ended.err
    assert AUTH not in ended.out


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("REGION='europe-west1'", 'bare or in "double quotes"'),
        ("REGION=$HOME", 'bare or in "double quotes"'),
        ("REGION=europe-west1 # near", "no comment behind the value"),
        ("REGION = europe-west1", "no blanks around ="),
        ("REGION= europe-west1", "no blanks around ="),
        ("REGIO=europe-west1", "NAME=value with one of REGION"),
        ("europe-west1", "NAME=value with one of REGION"),
        ("PUBLIC_URL=http://chat.example.org", "an address like https://"),
    ],
)
def test_a_line_that_is_no_setting_is_told_what_it_may_not_have(line: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / ".env.dev").write_text(f"PROJECT_ID={PROJECT}\n{line}\n")

    with pytest.raises(Refused) as refused:
        find_place("dev", {}, tmp_path)

    assert refused.value.code == Exit.NOT_ASKED
    assert sentence in str(refused.value)


def test_an_editors_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".env.dev").write_text(f'PROJECT_ID={PROJECT}\nREGION="us-east4"\n', encoding="utf-8-sig")

    assert find_place("dev", {}, tmp_path).region == "us-east4"


def test_services_learn_the_bus_and_it_is_the_one_that_terraform_made(
    operate: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    operate.deploy_auth("111111111111")
    assert operate.machine.options["--bus"] == ["postgres"]
    operate.world.topics.add("emergence-events")
    beside = operate("deploy", "auth")
    monkeypatch.setenv("BUS", "pubsub")
    operate.world.apis.add("pubsub.googleapis.com")
    operate.deploy_auth("222222222222")
    assert operate.machine.options["--bus"] == ["pubsub"]
    operate.world.topics.clear()
    missing = operate("deploy", "auth")

    for ended, said in ((beside, "set BUS=pubsub"), (missing, "there is no topic emergence-events")):
        assert (ended.status, ended.changes) == (Exit.PROJECT, []), ended.err
        assert said in ended.err


def test_scripts_and_terraform_begin_with_the_same_bus() -> None:
    variable = (HERE / "terraform" / "variables.tf").read_text().partition('variable "event_bus"')[2]

    assert re.search(r'default += "(\w+)"', variable)[1] == DEFAULTS["BUS"]  # type: ignore[index]
    assert DEFAULTS["BUS"] in {path.stem for path in (HERE / "buses").glob("*.yaml")}


def test_files_that_the_guide_writes_leave_the_tree_clean() -> None:
    written = [
        "infra/cloud-run/.env.dev",
        "infra/cloud-run/terraform/dev.tfvars",
        "infra/cloud-run/terraform/dev.tfplan",
    ]

    ignored = subprocess.run(["git", "check-ignore", *written], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ignored.stdout.split() == written, "production is deployed from a clean tree"


def test_cost_and_monitoring_take_their_settings_from_the_same_file(operate: Operated, tmp_path: Path) -> None:
    with shell(operate.machine, tmp_path) as there:
        (there.scripts / ".env.dev").write_text(f"PROJECT_ID={PROJECT}\nPROFILE=seed\n")
        kept = {name: value for name, value in there.environ.items() if name != "PROJECT_ID"}
        here = replace(there, environ=kept)

        from_file = here.run("make -s cost")
        asked_for = here.run("make -s cost PROFILE=default")
        alerts = here.run("make -s alerts", CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING="http://127.0.0.1:9/")

    assert "profile seed" in from_file.stdout.splitlines()[0]
    assert "profile default" in asked_for.stdout.splitlines()[0]
    assert "Cloud Monitoring does not answer" in alerts.stderr  # so it went on from the project's name to Google

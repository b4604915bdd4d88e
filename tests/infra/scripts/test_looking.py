"""Status, addresses, logs, doctor, removal: what they show, and what they leave alone."""

import fcntl
from pathlib import Path

import pytest

from operate.refusals import Exit
from tests.infra.scripts.google.world import NUMBER
from tests.infra.scripts.operated import AUTH, MAIN, SESSION, Operated


def test_status_shows_revisions_traffic_and_commits(operate: Operated) -> None:
    first = operate.deploy_auth("111111111111")
    operate.machine.commit = "222222222222"
    operate("canary", "auth", "--watch", "0")

    ended = operate("status")

    rows = sorted(line.split() for line in ended.out.splitlines()[1:])
    assert rows == [
        [AUTH, first, "95", "%", "yes", "111111111111"],
        [AUTH, f"{AUTH}-222222222222", "5", "%", "yes", "222222222222"],
    ]


def test_urls_are_one_a_line(operate: Operated) -> None:
    operate("deploy-all", "--yes")

    rows = dict(line.split() for line in operate("urls").out.splitlines())

    assert rows.keys() == {AUTH, SESSION, MAIN}
    assert rows[AUTH] == operate.runs.service_url(AUTH)


def test_the_edge_is_made_for_the_projects_own_number(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://chat.example.org")

    ended = operate("edge-render")

    assert ended.status == Exit.DONE, ended.err
    (words,) = [words for words in operate.machine.ran if words[1:2] == ["edge"]]
    assert words[words.index("--project-number") + 1] == NUMBER


def test_services_of_others_are_not_shown_and_not_deleted(operate: Operated) -> None:
    operate("deploy-all", "--yes")
    del operate.world.run.services[SESSION]["metadata"]["labels"]["managed-by"]

    assert SESSION not in operate("status").out
    ended = operate("teardown", "--yes")

    assert ended.status == Exit.DONE, ended.err
    assert list(operate.world.run.services) == [SESSION]


def test_logs_are_one_service_oldest_first(operate: Operated) -> None:
    operate.world.log(AUTH, f"{AUTH}-1", textPayload="one")
    operate.world.log(SESSION, f"{SESSION}-1", textPayload="other")
    operate.world.log(AUTH, f"{AUTH}-1", jsonPayload={"event": "two"})

    lines = operate("logs", "auth").out.splitlines()

    assert [line.split(maxsplit=2)[2] for line in lines] == ["one", '{"event": "two"}']


def test_the_doctor_names_everything_that_is_wrong(operate: Operated) -> None:
    well = operate("doctor")
    assert well.status == Exit.DONE, well.out
    operate.world.billing = False
    operate.world.secrets["METRICS_TOKEN"].versions = [b"x\n"]

    ill = operate("doctor")

    assert ill.status == Exit.PROJECT
    failed = [line for line in ill.out.splitlines() if line.startswith("FAIL")]
    assert len(failed) == 4 and "billing" in failed[0] and all("METRICS_TOKEN" in line for line in failed[1:])


def test_the_doctor_stops_where_nobody_is_signed_in(operate: Operated) -> None:
    operate.world.token = ""

    ended = operate("doctor")

    assert ended.status == Exit.NOT_SIGNED_IN
    assert "secrets of" not in ended.out
    assert ended.out.count("gcloud auth login") == 1 and ended.out.count("FAIL") == 1
    assert max(map(len, ended.out.splitlines())) < 80


@pytest.mark.parametrize("program", ["gcloud", "docker", "git", "make", "terraform"])
def test_the_doctor_misses_every_program(operate: Operated, program: str) -> None:
    operate.machine.missing = {program}

    ended = operate("doctor")

    assert ended.status == Exit.TOOL
    assert f"{program} is not installed" in ended.out


def test_the_doctor_knows_an_old_terraform_and_the_second_sign_in(operate: Operated) -> None:
    operate.machine.terraform_version = "1.8.5"
    operate.world.second_token = ""

    ended = operate("doctor")

    failed = [line for line in ended.out.splitlines() if line.startswith("FAIL")]
    assert ended.status == Exit.TOOL
    assert len(failed) == 2 and "terraform 1.8 is too old" in failed[0]
    assert "gcloud auth application-default login" in failed[1]
    assert "ok    secrets of main" in ended.out


def test_clean_removes_our_labelled_images_alone(operate: Operated) -> None:
    operate.machine.local_images = {"sha256:1": "managed-by=emergence", "sha256:2": "other=1"}

    dry = operate("clean", "--dry-run")
    ended = operate("clean")

    assert dry.status == Exit.DONE and len(operate.machine.local_images) == 1
    assert ended.out == "1 images removed\n"
    assert operate.machine.local_images == {"sha256:2": "other=1"}
    assert not [words for words in operate.machine.ran if "prune" in words]


def test_two_commands_at_once_are_40(operate: Operated, tmp_path: Path) -> None:
    held = tmp_path / "emergence" / "emergence-demo-europe-west1.lock"
    held.parent.mkdir()
    with held.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        ended = operate("deploy", "auth")

    assert (ended.status, ended.changes) == (Exit.BUSY, [])
    assert operate("deploy", "auth").status == Exit.DONE


def test_somebody_elses_deployment_meanwhile_is_40_and_keeps_the_traffic(operate: Operated) -> None:
    first = operate.deploy_auth("111111111111")
    operate.machine.commit = "222222222222"
    start = operate.runs.start

    def another_follows(service: str, revision: str, spec: dict[str, object]) -> object:
        started = start(service, revision, spec)
        operate.world.faults = ["ABORTED"]
        return started

    operate.runs.start = another_follows  # type: ignore[assignment]

    ended = operate("deploy", "auth")

    assert ended.status == Exit.BUSY
    assert operate.serving(AUTH) == {first: 100}


def test_ctrl_c_says_how_things_are_and_is_130(operate: Operated) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    operate.runs.start = interrupt  # type: ignore[assignment]

    one, all_of_them = operate("deploy", "auth"), operate("deploy-all", "--yes")

    assert (one.status, all_of_them.status) == (Exit.INTERRUPTED, Exit.INTERRUPTED)
    assert one.err.splitlines()[-1] == "operate deploy: stopped; `make status` shows how things are"
    assert "auth       failed" in all_of_them.out
    assert "--resume" in all_of_them.err.splitlines()[-1]

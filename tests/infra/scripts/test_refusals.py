"""Every reason to stop: its own exit code, one line on stderr, and nothing changed at Google."""

from pathlib import Path

import pytest

from operate.place import find_place
from operate.refusals import Exit, Refused
from tests.infra.scripts.google.world import Json
from tests.infra.scripts.machine import DIGEST
from tests.infra.scripts.operated import AUTH, JWT_SECRET, Operated

DEMO_IMAGE = f"europe-west1-docker.pkg.dev/emergence-demo/emergence/auth@{DIGEST}"


def one_line(text: str) -> str:
    """Return the refusal, which must be the last line and one line."""
    lines = text.strip().splitlines()
    assert lines[-1].startswith("operate ")
    return lines[-1]


@pytest.mark.parametrize("wrong", ["gcloud", "docker", "git", "old", "engine"])
def test_a_missing_or_old_tool_is_10(operate: Operated, wrong: str) -> None:
    if wrong == "old":
        operate.machine.gcloud_version = "400.0.0"
    elif wrong == "engine":
        operate.machine.failing["docker version"] = "Cannot connect to the Docker daemon"
    else:
        operate.machine.missing.add(wrong)

    ended = operate("deploy", "auth")

    assert (ended.status, ended.changes) == (Exit.TOOL, [])
    assert one_line(ended.err)


def test_nobody_signed_in_is_11(operate: Operated) -> None:
    operate.world.token = ""

    ended = operate("deploy", "auth")

    assert (ended.status, ended.changes) == (Exit.NOT_SIGNED_IN, [])
    assert "gcloud auth login" in one_line(ended.err)


def test_a_wrong_project_no_billing_or_an_api_off_is_12(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    operate.world.apis.discard("secretmanager.googleapis.com")
    off = operate("deploy", "auth")
    operate.world.apis |= {"secretmanager.googleapis.com"}
    operate.world.apis.discard("cloudresourcemanager.googleapis.com")
    operate.world.is_service_account = True
    in_ci = operate("deploy", "auth")
    operate.world.is_service_account = False
    by_a_person = operate("deploy", "auth")
    operate.world.billing = False
    unpaid = operate("deploy", "auth")
    monkeypatch.setenv("PROJECT_ID", "somebody-elses")
    foreign = operate("deploy", "auth")
    monkeypatch.setenv("PROJECT_ID", "No Project")
    malformed = operate("deploy", "auth")
    monkeypatch.delenv("PROJECT_ID")
    unset = operate("deploy", "auth")

    for ended, said in (
        (off, "secretmanager.googleapis.com"),
        (in_ci, "emergence-demo"),
        (by_a_person, "cloudresourcemanager.googleapis.com"),
        (unpaid, "billing"),
        (foreign, "somebody-elses"),
        (malformed, "No Project"),
        (unset, "PROJECT_ID is not set"),
    ):
        assert (ended.status, ended.changes) == (Exit.PROJECT, []), ended.err
        assert said in one_line(ended.err)


def test_without_the_network_of_services_it_is_12_before_anything_is_built(operate: Operated) -> None:
    operate.world.networks = {"emergence-europe-west1": "another"}
    foreign = operate("deploy", "auth")
    operate.world.networks.clear()
    missing = operate("deploy", "auth")
    looked = operate("doctor")

    for ended, said in ((foreign, "another network"), (missing, "no subnet emergence-europe-west1")):
        assert (ended.status, ended.changes) == (Exit.PROJECT, []), ended.err
        assert said in one_line(ended.err)
    assert "FAIL  network: there is no subnet emergence-europe-west1" in looked.out
    assert not [words for words in operate.machine.ran if words[:2] == ["docker", "build"]]


@pytest.mark.parametrize("wrong", ["missing", "disabled", "empty", "newline", "unreadable"])
def test_a_secret_that_cannot_be_used_is_13(operate: Operated, wrong: str) -> None:
    secret = operate.world.secrets["AUTH_JWT_SECRET"]
    if wrong == "missing":
        del operate.world.secrets["AUTH_JWT_SECRET"]
    elif wrong == "disabled":
        secret.states = ["DISABLED"]
    elif wrong == "unreadable":
        secret.policy = {"bindings": []}
    else:
        secret.versions = [b"" if wrong == "empty" else f"{JWT_SECRET}\n".encode()]

    ended = operate("deploy", "auth")

    assert (ended.status, ended.changes) == (Exit.SECRET, [])
    assert "AUTH_JWT_SECRET" in one_line(ended.err)
    assert JWT_SECRET not in ended.err


def test_an_image_that_is_not_there_is_14(operate: Operated) -> None:
    for image, said in ((DEMO_IMAGE, "does not have"), (DEMO_IMAGE.partition("@")[0] + ":latest", "no digest")):
        ended = operate("deploy", "auth", "--image", image)

        assert (ended.status, ended.changes) == (Exit.IMAGE, [])
        assert said in one_line(ended.err)


def set_port(manifest: Json) -> None:
    manifest["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": "PORT", "value": "8080"})


def leave_placeholder(manifest: Json) -> None:
    manifest["metadata"]["annotations"]["note"] = "${PROJECT}"


def use_default_account(manifest: Json) -> None:
    manifest["spec"]["template"]["spec"]["serviceAccountName"] = "123-compute@developer.gserviceaccount.com"


def unpin_secret(manifest: Json) -> None:
    manifest["spec"]["template"]["spec"]["containers"][0]["env"][1]["valueFrom"]["secretKeyRef"]["key"] = "latest"


def unpin_image(manifest: Json) -> None:
    manifest["spec"]["template"]["spec"]["containers"][0]["image"] = "auth:latest"


def rename(manifest: Json) -> None:
    manifest["metadata"]["name"] = "another-service"


def drop_containers(manifest: Json) -> None:
    del manifest["spec"]["template"]["spec"]["containers"]


@pytest.mark.parametrize(
    "spoil", [set_port, leave_placeholder, use_default_account, unpin_secret, unpin_image, rename, drop_containers]
)
def test_a_manifest_that_is_wrong_is_15_before_anything_is_built(operate: Operated, spoil: object) -> None:
    operate.machine.change_manifest = spoil

    ended = operate("deploy", "auth")

    assert (ended.status, ended.changes) == (Exit.MANIFEST, [])
    assert one_line(ended.err)
    assert not [words for words in operate.machine.ran if words[:2] == ["docker", "build"]]


def test_production_is_deployed_from_a_commit_or_it_is_16(operate: Operated) -> None:
    operate.machine.changed_files = " M src/emergence/auth/log_in.py\n"

    refused = operate("deploy", "auth", "--env", "prod")
    allowed = operate("deploy", "auth", "--env", "dev")

    assert (refused.status, refused.changes) == (Exit.DIRTY_TREE, [])
    assert "log_in.py" in one_line(refused.err)
    assert allowed.status == Exit.DONE


@pytest.mark.parametrize("step", ["docker build", "docker login", "docker push"])
def test_a_build_or_push_that_fails_is_20(operate: Operated, step: str) -> None:
    operate.machine.failing[step] = "some lines\nERROR: no space left on device"

    ended = operate("deploy", "auth")

    assert (ended.status, ended.changes) == (Exit.BUILD, [])
    assert "no space left" in one_line(ended.err)


def test_a_revision_that_is_never_ready_is_21_with_its_last_words(operate: Operated) -> None:
    first = operate.deploy_auth("111111111111")
    operate.machine.commit = "222222222222"
    operate.runs.problem = "The user-provided container failed to start and listen on the port."
    operate.world.log(AUTH, f"{AUTH}-222222222222", textPayload="DATABASE_URL: is required")

    ended = operate("deploy", "auth")

    assert ended.status == Exit.NOT_READY
    assert "DATABASE_URL: is required" in ended.err
    assert "the traffic is where it was" in one_line(ended.err)
    assert operate.serving(AUTH) == {first: 100}


def test_a_smoke_that_fails_is_22_and_the_traffic_stays(operate: Operated) -> None:
    first = operate.deploy_auth("111111111111")
    operate.machine.commit = "222222222222"
    operate.runs.wrong["/api/ready"] = (503, {"status": "not_ready", "dependencies": [{"name": "db", "state": "down"}]})

    ended = operate("deploy", "auth")

    assert ended.status == Exit.SMOKE
    assert f"{AUTH}-222222222222 has no traffic" in one_line(ended.err)
    assert operate.serving(AUTH) == {first: 100}


def test_main_is_asked_for_its_health_alone_at_a_tag(operate: Operated) -> None:
    operate.runs.wrong = {"/": (421, "This server does not answer to that host name."), "/api/ready": (421, {})}

    ended = operate("deploy", "main")

    assert ended.status == Exit.DONE, ended.err


def test_behind_a_load_balancer_the_tag_is_out_of_reach_and_that_is_said(operate: Operated) -> None:
    operate.machine.ingress = "internal-and-cloud-load-balancing"
    operate.runs.wrong["/api/health"] = (404, {})

    ended = operate("deploy", "auth")

    assert ended.status == Exit.DONE, ended.err
    assert "skipped: only the load balancer may call it" in ended.err


def test_without_a_terminal_and_a_yes_it_is_2(operate: Operated) -> None:
    operate.deploy_auth("111111111111")

    for words in (("deploy-all",), ("teardown",), ("secrets-rotate", "AUTH_JWT_SECRET"), ("db-restore-test",)):
        ended = operate(*words)

        assert (ended.status, ended.changes) == (Exit.NOT_ASKED, [])
        assert "--yes" in one_line(ended.err)


def test_an_unknown_service_or_environment_is_2(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = operate("deploy", "payments")
    monkeypatch.setenv("ENVIRONMENT", "production")
    misspelt = operate("status")

    assert (unknown.status, misspelt.status) == (Exit.NOT_ASKED, Exit.NOT_ASKED)
    assert "auth, session, main" in one_line(unknown.err)
    assert "dev, staging, prod" in one_line(misspelt.err)


@pytest.mark.parametrize("status", ["RESOURCE_EXHAUSTED", "UNAVAILABLE"])
def test_an_api_that_is_busy_is_41(operate: Operated, status: object) -> None:
    operate.world.faults = [status]  # type: ignore[list-item]

    ended = operate("deploy", "auth")

    assert (ended.status, ended.changes) == (Exit.API, [])
    assert one_line(ended.err)


def test_settings_that_are_no_text_are_2(operate: Operated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env.dev").write_bytes(b"PROJECT_ID=\xff\xfe")
    with pytest.raises(Refused, match="no text in UTF-8") as refused:
        find_place(None, {}, tmp_path)
    assert refused.value.code == Exit.NOT_ASKED


def test_what_nobody_foresaw_is_one_line(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("sk-of-nobody-5d1f")

    monkeypatch.setattr("operate.look.status", fail)

    ended = operate("status")

    assert ended.status == Exit.FAILED
    assert ended.err.startswith("operate status: it failed unforeseen, RuntimeError at ")
    assert "sk-of-nobody" not in ended.err


def test_a_lock_that_is_no_file_of_ours_is_40(operate: Operated, tmp_path: Path) -> None:
    state = tmp_path / "emergence"
    state.mkdir()
    (state / "emergence-demo-europe-west1.lock").symlink_to(tmp_path / "elsewhere")

    ended = operate("deploy", "auth")

    assert (ended.status, ended.changes) == (Exit.BUSY, [])
    assert not (tmp_path / "elsewhere").exists()


def test_a_damaged_note_of_what_was_done_is_no_note(operate: Operated, tmp_path: Path) -> None:
    state = tmp_path / "emergence"
    state.mkdir()
    (state / "emergence-demo-europe-west1.json").write_text('{"commit": ')

    assert operate("deploy-all", "--yes", "--resume").status == Exit.DONE

"""Deploying: looked at first, traffic moved last, and every reason to stop with its own code and nothing changed."""

import json

import pytest

from operate.refusals import Exit
from tests.infra.scripts.google.world import Json
from tests.infra.scripts.machine import DIGEST
from tests.infra.scripts.operated import AUTH, JWT_SECRET, MAIN, SESSION, Operated

DEMO_IMAGE = f"europe-west1-docker.pkg.dev/emergence-demo/emergence/auth@{DIGEST}"

SESSION_IMAGE = "europe-west1-docker.pkg.dev/emergence-demo/emergence/session"


def test_the_first_deployment_gets_all_traffic(operate: Operated) -> None:
    ended = operate("deploy", "auth")

    assert ended.status == Exit.DONE, ended.err
    assert operate.serving(AUTH) == {f"{AUTH}-0a1b2c3d4e5f": 100}
    container = operate.world.run.services[AUTH]["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == DEMO_IMAGE
    pinned = {
        each["name"]: each["valueFrom"]["secretKeyRef"]["key"] for each in container["env"] if "valueFrom" in each
    }
    assert pinned == {"AUTH_JWT_SECRET": "1", "METRICS_TOKEN": "1"}  # SMTP_HOST does not exist and is optional


def test_the_next_one_gets_traffic_after_it_answered(operate: Operated) -> None:
    first = operate.deploy_auth("111111111111")
    operate.world.changes.clear()

    second = operate.deploy_auth("222222222222")

    assert operate.serving(AUTH) == {second: 100}
    assert operate.world.run.revisions[second]["metadata"]["labels"]["commit"] == "222222222222"
    assert operate.world.changes == [f"PUT service {AUTH}", f"PUT service {AUTH}"]  # started, then the traffic
    assert first in operate.world.run.revisions


def test_the_same_commit_again_gets_a_number(operate: Operated) -> None:
    operate.deploy_auth("111111111111")
    operate("deploy", "auth")

    assert operate.serving(AUTH) == {f"{AUTH}-111111111111-2": 100}


def test_what_is_said_names_the_traffic_before_and_no_secret(operate: Operated) -> None:
    operate.deploy_auth("111111111111")
    operate.machine.commit = "222222222222"

    ended = operate("deploy", "auth")

    assert f"all traffic goes to {AUTH}-222222222222; before: {AUTH}-111111111111 100 %" in ended.err
    assert JWT_SECRET not in ended.out + ended.err
    assert all(JWT_SECRET not in " ".join(words) for words in operate.machine.ran)


def test_a_dry_run_asks_google_and_changes_nothing(operate: Operated) -> None:
    for words in (("deploy", "auth", "--dry-run"), ("plan", "auth"), ("deploy-all", "--dry-run")):
        ended = operate(*words)

        assert ended.status == Exit.DONE, ended.err
        assert ended.changes == []
        assert "Google accepts" in ended.err
    assert not [words for words in operate.machine.ran if words[:2] in (["docker", "build"], ["docker", "push"])]


def test_an_image_by_digest_is_not_built_again(operate: Operated) -> None:
    operate.world.images[DEMO_IMAGE] = "2027-01-15T09:00:00Z"
    operate.world.tags[DEMO_IMAGE] = ["latest", f"{'5' * 40}-4711"]

    ended = operate("deploy", "auth", "--image", DEMO_IMAGE)

    assert ended.status == Exit.DONE, ended.err
    assert not [words for words in operate.machine.ran if words[0] == "docker"]
    assert list(operate.world.run.revisions) == [f"{AUTH}-{'5' * 12}"], "named after what it was built from"


@pytest.mark.parametrize("wrong", ["of another service", "of no commit", "by tag", "none"])
def test_an_image_that_nobody_can_place_is_14(operate: Operated, wrong: str) -> None:
    operate.world.images[DEMO_IMAGE] = "2027-01-15T09:00:00Z"
    operate.world.tags[DEMO_IMAGE] = ["latest"] if wrong == "of no commit" else ["5" * 12]
    other = {"of another service": DEMO_IMAGE.replace("/auth@", "/main@"), "by tag": "auth:1", "none": ""}

    ended = operate("deploy", "auth", "--image", other.get(wrong, DEMO_IMAGE))

    assert (ended.status, ended.changes) == (Exit.IMAGE, [])
    assert not operate.machine.built()


def test_images_are_built_for_the_processor_of_cloud_run(operate: Operated) -> None:
    operate.deploy_auth("111111111111")

    (words,) = operate.machine.built()
    assert words[words.index("--platform") + 1] == "linux/amd64"
    assert "REVISION=111111111111" in words


def test_what_the_serving_revision_cannot_live_with_is_31_and_nothing_is_built(operate: Operated) -> None:
    operate.deploy_auth("111111111111")
    operate.machine.commit = "222222222222"
    operate.machine.migrations["src/emergence/auth/migrations/0099_x.sql"] = "ALTER TABLE users DROP COLUMN name;"
    built = len(operate.machine.built())

    for words in (("deploy", "auth"), ("canary", "auth"), ("plan", "auth")):
        ended = operate(*words)
        assert (ended.status, ended.changes) == (Exit.SCHEMA, [])
    assert operate("deploy-all", "--yes").status == Exit.PARTIAL
    assert len(operate.machine.built()) == built

    assert operate("deploy", "auth", "--accept-schema").status == Exit.DONE


def test_a_first_deployment_that_never_became_ready_stands_in_nobodys_way(operate: Operated) -> None:
    operate.runs.problem = "The container failed to start."
    assert operate("deploy", "auth").status == Exit.NOT_READY
    operate.runs.problem = None
    operate.machine.commit = "222222222222"

    ended = operate("deploy", "auth")

    assert ended.status == Exit.DONE, ended.err
    assert operate.serving(AUTH) == {f"{AUTH}-222222222222": 100}


def test_a_rollback_while_an_image_is_built_stays(operate: Operated) -> None:
    first = operate.deploy_auth("111111111111")
    operate.deploy_auth("222222222222")
    operate.machine.commit = "333333333333"

    def go_back() -> None:
        operate.machine.meanwhile = None
        operate.world.run.apply(
            _with_traffic(operate.world.run.services[AUTH], {first: 100}), is_dry=False, is_new=False
        )

    operate.machine.meanwhile = go_back
    ended = operate("canary", "auth", "--watch", "0")

    assert (ended.status, ended.changes) == (Exit.BUSY, [])
    assert operate.serving(AUTH) == {first: 100}


def test_a_change_in_the_moment_of_the_deployment_is_told(operate: Operated) -> None:
    operate.deploy_auth("111111111111")
    operate.machine.commit = "222222222222"
    start = operate.runs.start

    def changed_meanwhile(service: str, revision: str, spec: Json) -> object:
        operate.world.run.services[AUTH]["metadata"]["generation"] += 1
        return start(service, revision, spec)

    operate.runs.start = changed_meanwhile  # type: ignore[method-assign, assignment]

    ended = operate("deploy", "auth")

    assert ended.status == Exit.BUSY
    assert "somebody else changed" in ended.err


def _with_traffic(service: Json, percents: dict[str, int]) -> Json:
    changed: Json = json.loads(json.dumps(service))
    changed["spec"]["traffic"] = [{"revisionName": name, "percent": percent} for name, percent in percents.items()]
    return changed


def test_a_service_that_the_manifest_does_not_open_is_opened_once(operate: Operated) -> None:
    def keep_check(manifest: Json) -> None:
        del manifest["metadata"]["annotations"]["run.googleapis.com/invoker-iam-disabled"]

    operate.machine.change_manifest = keep_check
    operate.deploy_auth("111111111111")
    operate.deploy_auth("222222222222")

    assert operate.world.changes.count(f"policy of service {AUTH}") == 1
    assert operate.world.run.policies[AUTH]["bindings"] == [{"role": "roles/run.invoker", "members": ["allUsers"]}]


def test_a_partial_failure_is_24_with_a_table_and_goes_on_after_it(operate: Operated) -> None:
    operate.machine.failing["docker push --quiet europe-west1-docker.pkg.dev/emergence-demo/emergence/session"] = (
        "denied"
    )

    ended = operate("deploy-all", "--yes")

    assert ended.status == Exit.PARTIAL
    assert [line.split(maxsplit=1) for line in ended.out.splitlines()] == [
        ["auth", "deployed"],
        ["session", "failed"],
        ["main", "not tried"],
    ]
    operate.machine.failing.clear()

    resumed = operate("deploy-all", "--yes", "--resume")

    assert resumed.status == Exit.DONE, resumed.err
    assert f"PUT service {AUTH}" not in resumed.changes
    assert {SESSION, MAIN} <= operate.world.run.services.keys()
    assert operate.serving(AUTH) == {f"{AUTH}-0a1b2c3d4e5f": 100}


def test_another_commit_resumes_nothing(operate: Operated) -> None:
    operate.machine.failing["docker push --quiet europe-west1-docker.pkg.dev/emergence-demo/emergence/session"] = (
        "denied"
    )
    operate("deploy-all", "--yes")
    operate.machine.failing.clear()
    operate.machine.commit = "222222222222"

    assert operate("deploy-all", "--yes", "--resume").status == Exit.DONE
    assert operate.serving(AUTH) == {f"{AUTH}-222222222222": 100}


def test_a_deployer_that_may_read_no_secret_deploys_all_the_same(operate: Operated) -> None:
    operate.world.unreadable = True

    ended = operate("deploy", "auth")

    assert ended.status == Exit.DONE, ended.err
    assert "AUTH_JWT_SECRET may not be read by this account; its value was not looked at" in ended.err


def test_a_tag_is_never_pushed_twice(operate: Operated) -> None:
    operate.deploy_auth("111111111111")

    (pushed,) = [words[-1] for words in operate.machine.ran if words[:2] == ["docker", "push"]]

    assert pushed.rpartition(":")[2].startswith("111111111111-2")  # commit and time
